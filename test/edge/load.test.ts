import { readFileSync } from 'node:fs';
import { expect, inject, test } from 'vitest';
import { serve } from '../../examples/edge-worker/tools/serve.ts';
import { Tensor, writeSafetensors } from '../../src/index.ts';
import { encodeJpeg, encodePng, encodeWebp } from '../support/codecs.ts';
import { exif, withSegment } from '../support/jpeg.ts';
import { normals, uniforms } from '../support/random.ts';
import { inTurns } from './in-turns.ts';
import { retainedBy } from './isolate.ts';
import { sendForm, sendTensors } from './requests.ts';

const x = new Tensor(normals(16 * 28 * 28, 1), [1, 16, 28, 28]);
const body = writeSafetensors({ x });
const data = Uint8Array.from(uniforms(4 * 64 * 48, 2, 0, 256));
const photo = await encodeJpeg({ data, width: 64, height: 48 }, 90);

/** One request in four restyles a photograph, and one in four is refused. */
function sendOne(url: string, index: number): Promise<Response> {
  switch (index % 4) {
    case 0:
      return sendForm({ content: photo, style: photo, strength: '0.5' }, url);
    case 1:
      return sendForm({ content: photo.slice(0, -50), style: photo }, url);
    default:
      return sendTensors('op=groupNorm&numGroups=4', body, url);
  }
}

/** Sends requests, 16 at a time, and counts the answers by status. */
async function sendMany(url: string, count: number): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  await inTurns(new Array(count).fill(null), 16, async (_, index) => {
    const response = await sendOne(url, index);
    await response.arrayBuffer();
    counts[response.status] = (counts[response.status] ?? 0) + 1;
  });
  return counts;
}

test('2,000 requests, 16 at a time, are all answered, and memory stays level', async () => {
  const { url, inspector, stop } = await serve(inject('folder'), 0);
  try {
    await sendMany(url, 200);
    const levels: number[] = [];
    for (let round = 0; round < 5; round++) {
      levels.push(await retainedBy(inspector));
      if (round < 4) expect(await sendMany(url, 500)).toEqual({ 200: 375, 400: 125 });
    }
    console.log(`The isolate holds, MB: ${levels.map((level) => level.toFixed(2)).join(', ')}`);
    // Half a kilobyte for each request.
    expect(Math.max(...levels)).toBeLessThan((levels[0] as number) + 1);
  } finally {
    await stop();
  }
});

test('memory stays level over pictures of the most pixels, in every format', async () => {
  const { url, pid, stop } = await serve(inject('folder'), 0);
  try {
    const noise = Uint8Array.from(uniforms(2 ** 22, 3, 0, 256));
    const large = { data: noise, width: 1024, height: 1024 };
    const files = [
      withSegment(await encodeJpeg(large, 80), exif(6)),
      await encodePng(large),
      await encodeWebp(large, 80),
    ];
    const levels: number[] = [];
    for (let round = 0; round < 6; round++) {
      for (const [i, format] of ['png', 'jpeg', 'webp'].entries()) {
        const content = files[(i + round) % 3] as Uint8Array<ArrayBuffer>;
        const response = await sendForm({ content, style: photo, format }, url);
        expect(response.status, await response.clone().text()).toBe(200);
      }
      levels.push(residentMegabytes(pid));
    }
    console.log(`workerd takes, MB: ${levels.map((level) => level.toFixed(0)).join(', ')}`);
    // After three rounds each codec has had each format. New instances would add 98 MB a round.
    expect(levels[5]).toBeLessThan((levels[2] as number) + 60);
  } finally {
    await stop();
  }
});

/** Reads how much memory a process takes up, on Linux. */
function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
