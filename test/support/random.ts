// Seeded random numbers. They are the same in every run, and in every engine, since they
// are made of additions and products alone.

const STEP = 0x6d2b79f5;

/** Returns a generator of numbers from 0 to 1, 1 excluded. Mulberry32, public domain. */
export function uniformFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + STEP) | 0;
    return uniformOf(state);
  };
}

/** Returns a generator of nearly normal numbers, mean 0 and variance 1: the sum of twelve uniform ones. */
export function normalFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    // Takes a third of the time of twelve calls of a generator, which would store its state each time.
    let next = state;
    let sum = -6;
    for (let i = 0; i < 12; i++) {
      next = (next + STEP) | 0;
      sum += uniformOf(next);
    }
    state = next;
    return sum;
  };
}

function uniformOf(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/** Returns normal float32 numbers. */
export function normals(count: number, seed: number, mean = 0, std = 1): Float32Array {
  const normal = normalFrom(seed);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = mean + std * normal();
  return values;
}

/** Returns float32 numbers spread evenly between two bounds. */
export function uniforms(count: number, seed: number, from = 0, to = 1): Float32Array {
  const uniform = uniformFrom(seed);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = from + (to - from) * uniform();
  return values;
}
