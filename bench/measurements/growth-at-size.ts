// Measures one size and prints the finding as JSON. It runs in a process of its own, so that
// no other work has raised the peak of memory.

import { writeFileSync } from 'node:fs';
import { Arena, instanceNorm, Tensor } from '../../dist/index.js';
import { normals } from '../../test/support/random.ts';
import { median } from '../reports/median.ts';
import { secondsPerCall } from './seconds-per-call.ts';

export interface SizeFinding {
  /** Seconds a call on ordinary arrays. */
  readonly arrays: number;
  /** Seconds a call in an arena, in place. */
  readonly arena: number;
  /** The most bytes that the first call took beside its input and output. */
  readonly memory: number;
}

const CHANNELS = 10;
const SECONDS = 0.5;

const size = Number(process.argv[2]);
const shape = [1, CHANNELS, size / CHANNELS];
const x = new Tensor(repeatedNormals(size), shape);
// Filled, since untouched pages would count as the call's own.
const out = new Tensor(new Float32Array(size).fill(1), shape);

forgetPeak();
const before = peak();
instanceNorm(x, { out });
const memory = peak() - before;
const arrays = median(await secondsPerCall(() => void instanceNorm(x, { out }), SECONDS));
const inArena = new Arena(4 * size).tensor(x);
const arena = median(
  await secondsPerCall(() => void instanceNorm(inArena, { out: inArena }), SECONDS),
);
const finding: SizeFinding = { arrays, arena, memory };
console.log(JSON.stringify(finding));

function repeatedNormals(length: number): Float32Array {
  const values = new Float32Array(length);
  const period = normals(Math.min(length, 99_991), 1);
  for (let i = 0; i < length; i += period.length) {
    values.set(period.subarray(0, length - i), i);
  }
  return values;
}

/** Sets the peak back to the present use, since a process starts with a higher one; Linux only. */
function forgetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

function peak(): number {
  return process.resourceUsage().maxRSS * 1024;
}
