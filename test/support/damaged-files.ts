// Damaged copies of a file, the same copies in every run.

import { uniformFrom } from './random.ts';

/** Returns `count` copies in which bytes are changed, or a stretch is left out or doubled. */
export function damagedCopies(file: Uint8Array, count: number, seed: number): Uint8Array[] {
  const uniform = uniformFrom(seed);
  const below = (end: number) => Math.floor(uniform() * end);
  return Array.from({ length: count }, () => {
    const kind = below(4);
    const start = below(file.length);
    const end = Math.min(start + 1 + below(64), file.length);
    if (kind === 0) return joined(file.subarray(0, start), file.subarray(end));
    if (kind === 1) return joined(file.subarray(0, end), file.subarray(start));
    const copy = file.slice();
    for (let left = 1 + below(8); left > 0; left--) copy[below(file.length)] = below(256);
    return copy;
  });
}

/** Returns `count` beginnings of a file, of evenly spread lengths from 0 on. */
export function truncatedCopies(file: Uint8Array, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) =>
    file.slice(0, Math.floor((i * file.length) / count)),
  );
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
