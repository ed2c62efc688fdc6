// Bodies that are meant to break the service. Each is answered or refused, and the service
// works on afterwards.

import { deflateSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { instanceNorm, Tensor, writeSafetensors } from '../../src/index.ts';
import { encodeJpeg, encodePng, encodeWebp } from '../support/codecs.ts';
import { damagedCopies, truncatedCopies } from '../support/damaged-files.ts';
import { chunk, header, pngOf, withChecksums } from '../support/png.ts';
import { normals } from '../support/random.ts';
import { inTurns } from './in-turns.ts';
import { expectRefused, send, sendForm, sendTensors } from './requests.ts';

const gradient = new Uint8Array(4 * 24 * 16).map((_, at) => (at % 4 === 3 ? 255 : (at * 5) % 251));
const picture = { data: gradient, width: 24, height: 16 };
const png = await encodePng(picture);
const photo = await encodeJpeg(picture, 80);
const webp = await encodeWebp(picture, 80);
const x = new Tensor(normals(24, 1), [2, 3, 4]);
const tensors = writeSafetensors({ x, weight: new Tensor(normals(3, 2), [3]) });

// 256 MB of zeros in 260 KB.
const zeros = deflateSync(Buffer.alloc(2 ** 28));

/** Makes five hundred damaged copies of a file, some of them cut short. */
function damaged(file: Uint8Array): Uint8Array<ArrayBuffer>[] {
  return [...truncatedCopies(file, 100), ...damagedCopies(file, 400, 11)].map((bytes) =>
    bytes.slice(),
  );
}

/** Sends all files, and expects results or refusals that name a field. */
async function expectAnswers<T>(
  bodies: readonly T[],
  sendOne: (body: T) => Promise<Response>,
): Promise<void> {
  const statuses = await inTurns(bodies, 8, async (body) => {
    const response = await sendOne(body);
    const bytes = await response.arrayBuffer();
    if (response.status !== 200) {
      const { status, field, error } = JSON.parse(Buffer.from(bytes).toString());
      expect([400, 413, 415]).toContain(status);
      expect(status).toBe(response.status);
      expect(field).toEqual(expect.any(String));
      expect(error).not.toMatch(/\n|\bat .*:\d|\.[jt]s\b/);
    }
    return response.status;
  });
  // Without refusals the damage was never seen, and nothing was tested.
  const refused = statuses.filter((status) => status !== 200).length;
  expect(refused).toBeGreaterThan(bodies.length / 5);
}

afterEach(async () => {
  const response = await sendTensors('op=instanceNorm', writeSafetensors({ x }));
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect(bytes).toEqual(writeSafetensors({ y: instanceNorm(x) }));
});

test('a PNG that inflates to a thousand times its size', async () => {
  const size = { colourType: 2, depth: 8, width: 100, height: 100 };
  const bomb = new Uint8Array(pngOf(header(size), chunk('IDAT', zeros)));
  const response = await sendForm({ content: bomb, style: png });
  await expectRefused(response, 400, 'content', 'inflate to more than 30100 bytes');
});

test('a PNG whose profile inflates to a thousand times its size', async () => {
  const bomb = chunk('iCCP', Buffer.concat([Buffer.from('profile\0\0'), zeros]));
  const withBomb = new Uint8Array(Buffer.concat([png.subarray(0, 33), bomb, png.subarray(33)]));
  const response = await sendForm({ content: withBomb, style: png });
  const plain = await sendForm({ content: png, style: png });
  expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(await plain.arrayBuffer()));
});

test('a JPEG of thousands of scans', async () => {
  const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0];
  const scans = new Array(2000).fill(scan).flat();
  const file = Uint8Array.from([...photo.subarray(0, -2), ...scans, 0xff, 0xd9]);
  const response = await sendForm({ content: png, style: file });
  await expectRefused(response, 400, 'style', /20\d\d scans, of at most 64/);
});

test('a deeply nested header of safetensors', async () => {
  const json = Buffer.from(`{"x":${'['.repeat(1e6)}${']'.repeat(1e6)}}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const file = new Uint8Array(Buffer.concat([length, json]));
  await expectRefused(await sendTensors('op=instanceNorm', file), 400, 'body', 'safetensors');
});

test('a header of safetensors of tens of thousands of tensors', async () => {
  const empty = { dtype: 'F32', shape: [0], data_offsets: [0, 0] };
  const entries = Array.from({ length: 60_000 }, (_, i) => [i.toString(36), empty]);
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const file = new Uint8Array(Buffer.concat([length, json]));
  await expectRefused(await sendTensors('op=instanceNorm', file), 400, '0', 'no other tensor');
});

test('shapes without elements and with huge sizes', async () => {
  const shapes = [
    [0, 2 ** 45, 5],
    [2 ** 52, 0, 1],
    [2 ** 31, 3, 0],
    [0, 2 ** 20],
    [2 ** 45, 0],
  ];
  const queries = [
    'op=instanceNorm',
    'op=instanceNorm&layout=nhwc',
    'op=batchNorm&training=true',
    'op=layerNorm&normalizedShape=5',
    'op=groupNorm&numGroups=1',
    'op=groupNorm&numGroups=1&layout=nhwc',
    'op=rmsNorm&normalizedShape=0',
  ];
  for (const shape of shapes) {
    const file = writeSafetensors({ x: new Tensor(new Float32Array(0), shape) });
    for (const query of queries) {
      const { status } = await sendTensors(query, file);
      expect([200, 400, 413]).toContain(status);
    }
  }
});

test('damaged PNGs', () =>
  expectAnswers(damaged(png), (content) => sendForm({ content, style: png })));

test('damaged PNGs with right checksums', () =>
  expectAnswers(
    damaged(png).map((file) => new Uint8Array(withChecksums(file))),
    (style) => sendForm({ content: png, style }),
  ));

test('damaged JPEGs', () =>
  expectAnswers(damaged(photo), (content) => sendForm({ content, style: png })));

test('damaged WebPs', () =>
  expectAnswers(damaged(webp), (content) => sendForm({ content, style: png })));

test('damaged safetensors', () =>
  expectAnswers(damaged(tensors), (body) => sendTensors('op=instanceNorm', body)));

test('damaged forms', async () => {
  const form = new FormData();
  form.append('content', new Blob([png]));
  form.append('style', new Blob([photo]));
  form.append('strength', '0.5');
  const whole = new Response(form);
  const headers = { 'content-type': whole.headers.get('content-type') as string };
  const bytes = new Uint8Array(await whole.arrayBuffer());
  await expectAnswers(damaged(bytes), (body) =>
    send('/restyle', { method: 'POST', body, headers }),
  );
});
