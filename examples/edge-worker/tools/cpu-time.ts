// npm run edge:cpu: the processor time that a request takes, of a process of workerd
// that answers nothing else. Linux only, where /proc tells it.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import jpeg from 'jpeg-js';
import { Tensor, writeSafetensors } from 'wasm-norm';
import { decode, encodePng } from '../../common/codecs.ts';
import { bundle } from './bundle.ts';
import { serve } from './serve.ts';

interface Case {
  readonly name: string;
  readonly path: string;
  readonly body: () => BodyInit;
}

const WARM_UP = 200;
const REQUESTS = 300;
// The kernel's unit in /proc, on every Linux that Node runs on.
const TICKS_PER_SECOND = 100;

const photo = decode(readFileSync(new URL('../../restyle/photos/chelsea.jpg', import.meta.url)));

/** The photograph in another size, each pixel the nearest. */
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

function restyling(format: 'JPEG' | 'PNG', width: number, height: number, space: string): Case {
  const picture = resized(width, height);
  const file = format === 'JPEG' ? jpeg.encode(picture, 85).data : encodePng(picture);
  const blob = new Blob([new Uint8Array(file)]);
  return {
    name: `restyle two ${format} of ${width} x ${height}, ${space}`,
    path: '/restyle',
    body: () => {
      const form = new FormData();
      form.append('content', blob);
      form.append('style', blob);
      form.append('space', space);
      return form;
    },
  };
}

function normalization(query: string, shape: readonly number[]): Case {
  const size = shape.reduce((product, length) => product * length, 1);
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
  restyling('JPEG', 64, 48, 'rgb'),
  restyling('JPEG', 128, 96, 'rgb'),
  restyling('JPEG', 160, 120, 'rgb'),
  restyling('JPEG', 192, 144, 'rgb'),
  restyling('PNG', 160, 120, 'rgb'),
  restyling('JPEG', 160, 120, 'oklab'),
  restyling('JPEG', 320, 240, 'rgb'),
  restyling('JPEG', 640, 480, 'rgb'),
  restyling('JPEG', 1024, 1024, 'rgb'),
];

function secondsOf(pid: number): number {
  // The second field is the name in brackets; user and system time are fields 14 and 15.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function sendMany(url: string, { path, body }: Case, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const content = body();
    const headers: Record<string, string> =
      content instanceof FormData ? {} : { 'content-type': 'application/octet-stream' };
    const response = await fetch(url + path, { method: 'POST', body: content, headers });
    await response.arrayBuffer();
  }
}

const folder = fileURLToPath(new URL('../../../build/edge-cpu', import.meta.url));
bundle(folder);
console.log('| request | CPU ms |\n|---|---|');
for (const one of CASES) {
  const { url, pid, stop } = await serve(folder, 0);
  await sendMany(url, one, WARM_UP);
  const start = secondsOf(pid);
  await sendMany(url, one, REQUESTS);
  const milliseconds = ((secondsOf(pid) - start) * 1000) / REQUESTS;
  console.log(`| ${one.name} | ${milliseconds.toFixed(1)} |`);
  await stop();
}
