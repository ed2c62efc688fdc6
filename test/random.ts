// Seeded random numbers: the same in every run, and, made of additions and
// products alone, in every engine.

/** Returns a generator of numbers from 0 to 1, 1 excluded. Mulberry32, public domain. */
export function uniformFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns a generator of nearly normal numbers, mean 0 and variance 1: the sum of twelve uniform ones. */
export function normalFrom(seed: number): () => number {
  const uniform = uniformFrom(seed);
  return () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += uniform();
    return sum;
  };
}

/** Returns normal float32 numbers. */
export function normals(count: number, seed: number, mean = 0, std = 1): Float32Array {
  const normal = normalFrom(seed);
  return new Float32Array(count).map(() => mean + std * normal());
}

/** Returns float32 numbers spread evenly between two bounds. */
export function uniforms(count: number, seed: number, from = 0, to = 1): Float32Array {
  const uniform = uniformFrom(seed);
  return new Float32Array(count).map(() => from + (to - from) * uniform());
}
