import { execFileSync } from 'node:child_process';
import jpeg from 'jpeg-js';
import { expect, inject, test } from 'vitest';
import { Tensor, writeSafetensors } from '../../src/index.ts';
import { normals, uniforms } from '../random.ts';
import { inTurns } from './in-turns.ts';
import { sendForm, sendTensors } from './requests.ts';

/** Resident memory of workerd, in MB. */
function memory(): number {
  const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', String(inject('pid'))]);
  return Number(kilobytes) / 1024;
}

const x = new Tensor(normals(16 * 28 * 28, 1), [1, 16, 28, 28]);
const body = writeSafetensors({ x });
const data = Uint8Array.from(uniforms(4 * 64 * 48, 2, 0, 256));
const photo = new Uint8Array(jpeg.encode({ data, width: 64, height: 48 }, 90).data);

/** One request in four restyles photographs, one in four is refused. */
function sendOne(index: number): Promise<Response> {
  switch (index % 4) {
    case 0:
      return sendForm({ content: photo, style: photo, strength: '0.5' });
    case 1:
      return sendForm({ content: photo.slice(0, -50), style: photo });
    default:
      return sendTensors('op=groupNorm&numGroups=4', body);
  }
}

async function sendMany(count: number): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  await inTurns(new Array(count).fill(null), 16, async (_, index) => {
    const response = await sendOne(index);
    await response.arrayBuffer();
    counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
  });
  return counts;
}

test('2,000 requests, 16 at a time, are all answered, and memory stays where it is', async () => {
  const expected = new Map([
    [200, 375],
    [400, 125],
  ]);
  await sendMany(500);
  const start = memory();
  const growth: number[] = [];
  for (let round = 0; round < 4; round++) {
    expect(await sendMany(500)).toEqual(expected);
    growth.push(memory() - start);
  }
  console.log(
    `MB after warm-up: ${start.toFixed(1)}, then more: ${growth.map((mb) => mb.toFixed(1))}`,
  );
  // Bodies are of 50 KB: each that was kept would be seen.
  expect(Math.max(...growth)).toBeLessThan(20);
});
