// npm run edge:cpu measures the processor time of requests, summed over all threads of a
// workerd that answers nothing else: the first request, and many after a warm-up. It reads
// /proc, so it runs on Linux only.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../examples/edge-worker/tools/bundle.ts';
import { serve } from '../../examples/edge-worker/tools/serve.ts';
import {
  type ImageLike,
  imageMoments,
  type Space,
  Tensor,
  writeSafetensors,
} from '../../src/index.ts';
import { decode, encodeJpeg, encodePng, encodeWebp } from '../support/codecs.ts';
import { sizeOf } from '../support/shapes.ts';

interface Case {
  readonly name: string;
  readonly path: string;
  readonly body: () => BodyInit;
}

const SECONDS = 1;

const photo = await decode(
  readFileSync(new URL('../../examples/restyle/photos/chelsea.jpg', import.meta.url)),
);

/** Resizes the photograph by nearest pixels. */
function resized(width: number, height: number) {
  const data = new Uint8Array(4 * width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const y = Math.floor((row * photo.height) / height);
      const x = Math.floor((column * photo.width) / width);
      const from = 4 * (y * photo.width + x);
      data.set(photo.data.subarray(from, from + 4), 4 * (row * width + column));
    }
  }
  return { data, width, height };
}

const ENCODERS = {
  JPEG: (picture: ImageLike) => encodeJpeg(picture, 85),
  PNG: encodePng,
  WebP: (picture: ImageLike) => encodeWebp(picture, 85),
};

/** Restyles a picture by the moments of the photograph, or by itself. */
async function restyling(
  from: keyof typeof ENCODERS,
  to: keyof typeof ENCODERS,
  width: number,
  height: number,
  { space = 'rgb', byItself = false }: { space?: Space; byItself?: boolean } = {},
): Promise<Case> {
  const blob = new Blob([await ENCODERS[from](resized(width, height))]);
  const moments = JSON.stringify(imageMoments(photo, { space }));
  return {
    name: `restyle a ${from} of ${width} x ${height}, ${byItself ? 'by another' : 'by moments'}, ${space}, to a ${to}`,
    path: '/restyle',
    body: () => {
      const form = new FormData();
      form.append('content', blob);
      form.append('style', byItself ? blob : moments);
      form.append('space', space);
      form.append('format', to.toLowerCase());
      return form;
    },
  };
}

function normalization(query: string, shape: readonly number[]): Case {
  const size = sizeOf(shape);
  const x = new Tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
    [...shape],
  );
  const file = writeSafetensors({ x });
  return {
    name: `${query} of ${shape.join(' x ')}`,
    path: `/normalize?op=${query}`,
    body: () => file,
  };
}

const CASES: readonly Case[] = [
  { name: 'a refusal', path: '/normalize?op=none', body: () => new Uint8Array(16) },
  normalization('instanceNorm', [1, 64, 28, 28]),
  normalization('instanceNorm', [1, 64, 56, 56]),
  normalization('layerNorm&normalizedShape=768', [1, 256, 768]),
  normalization('instanceNorm', [1, 64, 112, 112]),
  normalization('instanceNorm', [1, 3, 512, 512]),
  await restyling('JPEG', 'PNG', 64, 48),
  await restyling('JPEG', 'PNG', 160, 120),
  await restyling('JPEG', 'PNG', 160, 120, { byItself: true }),
  await restyling('PNG', 'PNG', 160, 120, { byItself: true }),
  await restyling('JPEG', 'PNG', 320, 240),
  await restyling('JPEG', 'PNG', 640, 480),
  await restyling('JPEG', 'PNG', 640, 480, { byItself: true }),
  await restyling('JPEG', 'PNG', 640, 480, { byItself: true, space: 'oklab' }),
  await restyling('JPEG', 'JPEG', 640, 480),
  await restyling('JPEG', 'WebP', 640, 480),
  await restyling('JPEG', 'PNG', 1024, 1024),
  await restyling('JPEG', 'JPEG', 1024, 1024),
  await restyling('JPEG', 'WebP', 1024, 1024),
  await restyling('PNG', 'PNG', 1024, 1024),
  await restyling('WebP', 'WebP', 1024, 1024),
];

function millisecondsOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  const nanoseconds = readdirSync(tasks).map((task) =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ', 1)[0]),
  );
  return nanoseconds.reduce((sum, time) => sum + time, 0) / 1e6;
}

async function send(url: string, { path, body }: Case): Promise<void> {
  const content = body();
  const headers: Record<string, string> =
    content instanceof FormData ? {} : { 'content-type': 'application/octet-stream' };
  const response = await fetch(url + path, { method: 'POST', body: content, headers });
  await response.arrayBuffer();
}

/** Sends requests one after the other for some seconds, and returns how many. */
async function sendMany(url: string, one: Case): Promise<number> {
  const end = performance.now() + SECONDS * 1000;
  let count = 0;
  for (; performance.now() < end; count++) await send(url, one);
  return count;
}

const folder = fileURLToPath(new URL('../../build/edge-cpu', import.meta.url));
bundle(folder);
console.log('| request | first, ms | then, ms |\n|---|---|---|');
for (const one of CASES) {
  const { url, pid, stop } = await serve(folder, 0);
  const start = millisecondsOf(pid);
  await send(url, one);
  const first = millisecondsOf(pid) - start;
  await sendMany(url, one);
  const warm = millisecondsOf(pid);
  const count = await sendMany(url, one);
  const then = (millisecondsOf(pid) - warm) / count;
  console.log(`| ${one.name} | ${first.toFixed(1)} | ${then.toFixed(1)} |`);
  await stop();
}
