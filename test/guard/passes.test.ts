import { describe, expect, inject, test } from 'vitest';
import type { Kernels } from '../../src/kernels.ts';
import { compileKernels } from '../compile-kernels.ts';
import { normals } from '../random.ts';
import { bytesReadOf, instantiateSync } from './loader.ts';

// Sums in float32 that turn out to be no good are made again in float64: a mistake in
// them costs time and no digits, so that results alone would not show it.

const provided = inject('kernels');
const module = new WebAssembly.Module(
  provided ? Uint8Array.from(Buffer.from(provided, 'base64')) : await compileKernels('debug'),
);

const STATES = 1024;
const SCRATCH = 8192;
const X = 65536;
const CAPACITY = 2 ** 21;

/** Runs a kernel on a memory that holds x, and returns how many bytes of x it read. */
function bytesRead(values: Float32Array, run: (kernels: Kernels) => void): number {
  const pages = CAPACITY / 65536;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  new Float32Array(memory.buffer, X).set(values);
  const { instance } = instantiateSync(module, { env: { memory } });
  run(instance.exports as unknown as Kernels);
  return bytesReadOf('x');
}

const VECTOR = 16;
// That the estimate of a mean is made of.
const SAMPLES = 16;

/** Data whose mean no sample of its start would give. */
function drifting(length: number): Float32Array {
  return normals(length, 1).map((value, i) => value + (i < length / 5 ? 20 : 0));
}

describe('addMoments', () => {
  // Rows of float64, of a chunk with and without a tail, and of several chunks.
  const CHUNK = 16384;
  const read = (values: Float32Array) =>
    bytesRead(values, (kernels) => kernels.addMoments(STATES, X, 1, values.length, 1));

  test.each([3, 100, 256])('reads %i ordinary elements once, or the first twice', (length) => {
    for (const mean of [0, 3]) {
      const bytes = read(normals(length, 1, mean));
      expect(bytes).toBeGreaterThanOrEqual(4 * length);
      expect(bytes).toBeLessThanOrEqual(4 * (length + 1));
    }
  });

  test.each([700, 3136, CHUNK, CHUNK + 700, 5 * CHUNK])(
    'reads %i ordinary elements once, and 16 vectors of each chunk before',
    (length) => {
      const samples = Math.ceil(length / CHUNK) * SAMPLES * VECTOR;
      for (const mean of [0, 0.1, 3, -1e4]) {
        expect(read(normals(length, 1, mean))).toBe(4 * length + samples);
      }
    },
  );

  test('samples all of a row, and so reads one with another start once', () => {
    // Its start is two deviations from its mean.
    expect(read(drifting(10_000))).toBe(4 * 10_000 + SAMPLES * VECTOR);
  });

  test('reads a row again that one element outweighs', () => {
    const values = normals(5000, 1);
    values[1234] = 1e6;
    expect(read(values)).toBeGreaterThan(8 * 5000);
  });
});

describe('addColumnMoments', () => {
  // 65536 elements.
  const read = (values: Float32Array, columns: number) =>
    bytesRead(values, (kernels) =>
      kernels.addColumnMoments(STATES, X, values.length / columns, columns, SCRATCH),
    );

  test.each([
    [4, 100],
    [8, 256],
    [32, 33],
  ])('reads %i columns of %i ordinary rows once, and the first row before', (columns, rows) => {
    for (const mean of [0, 3]) {
      const bytes = read(normals(rows * columns, 1, mean), columns);
      expect(bytes).toBeLessThanOrEqual(4 * (rows + 1) * columns);
      expect(bytes).toBeGreaterThanOrEqual(4 * rows * columns);
    }
  });

  test.each([
    [4, 700],
    [4, 16384],
    [8, 3136],
    [64, 1024],
    [32, 5000],
  ])(
    'reads %i columns of %i ordinary rows once, and at most 64 of each chunk before',
    (columns, rows) => {
      const samples = Math.ceil((rows * columns) / 65536) * 64 * columns;
      for (const mean of [0, 0.1, 3, -1e4]) {
        const bytes = read(normals(rows * columns, 1, mean), columns);
        expect(bytes).toBeGreaterThan(4 * rows * columns);
        expect(bytes).toBeLessThanOrEqual(4 * (rows * columns + samples));
      }
    },
  );

  test('reads a column again that one element outweighs', () => {
    const values = normals(5000 * 4, 1);
    values[4 * 1234 + 2] = 1e6;
    expect(read(values, 4)).toBeGreaterThan(4 * 5000 * 5);
  });
});
