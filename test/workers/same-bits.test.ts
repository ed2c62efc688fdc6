// Calls on large tensors of a shared arena give the bits that they give in ordinary arrays, however
// many threads there are.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SharedArena, Tensor, type TensorLike } from '../../src/index.ts';
import { expectSameBits, expectSameBytes } from '../support/closeness.ts';
import { backward, type Call, forward } from '../support/norms.ts';
import { normals, uniformFrom, uniforms } from '../support/random.ts';
import { sizeOf } from '../support/shapes.ts';

const SPACE = 48 << 20;

// Rows of every length that kernels tell apart, as many as threads have equal numbers of and not;
// long rows, which are cut; few and many channels in both layouts.
const CALLS: readonly Call[] = [
  { norm: 'instanceNorm', shape: [3, 64, 28, 28], options: {} },
  { norm: 'instanceNorm', shape: [41, 256, 7, 7], options: {} },
  { norm: 'instanceNorm', shape: [9, 500, 5, 5], options: {} },
  { norm: 'instanceNorm', shape: [1, 3, 270, 481], options: {} },
  { norm: 'instanceNorm', shape: [2, 1, 300, 331], options: {} },
  { norm: 'instanceNorm', shape: [5, 37, 33, 31], options: { correction: 1 } },
  { norm: 'instanceNorm', shape: [3, 53, 1000], options: { lengths: [1000, 0, 777] } },
  { norm: 'instanceNorm', shape: [2, 60, 50, 33], options: { layout: 'nhwc' } },
  { norm: 'instanceNorm', shape: [30, 64, 4, 33], options: { layout: 'nhwc' } },
  { norm: 'batchNorm', shape: [7, 65, 18, 18], options: { training: true } },
  { norm: 'batchNorm', shape: [3, 3, 200, 171], options: { training: true } },
  { norm: 'batchNorm', shape: [5, 2, 90, 231], options: { training: true } },
  { norm: 'batchNorm', shape: [64, 50, 5, 5], options: { training: true } },
  { norm: 'batchNorm', shape: [200, 700], options: { training: true } },
  { norm: 'batchNorm', shape: [3, 41, 57, 30], options: { training: true, layout: 'nhwc' } },
  { norm: 'batchNorm', shape: [2, 200, 171, 3], options: { training: true, layout: 'nhwc' } },
  { norm: 'batchNorm', shape: [2, 3, 20, 1030], options: { training: true, layout: 'nhwc' } },
  { norm: 'groupNorm', shape: [3, 64, 30, 30], numGroups: 8, options: {} },
  { norm: 'groupNorm', shape: [1, 12, 111, 100], numGroups: 3, options: {} },
  { norm: 'groupNorm', shape: [2, 40, 50, 35], numGroups: 5, options: { layout: 'nhwc' } },
  { norm: 'groupNorm', shape: [900, 20, 6], numGroups: 2, options: { layout: 'nhwc' } },
  { norm: 'groupNorm', shape: [300, 512], numGroups: 4, options: {} },
  { norm: 'layerNorm', shape: [200, 768], normalizedShape: [768], options: {} },
  { norm: 'layerNorm', shape: [20, 5000], normalizedShape: [5000], options: {} },
  { norm: 'layerNorm', shape: [200, 768], normalizedShape: [768], options: { epsMode: 'std' } },
  { norm: 'layerNorm', shape: [3, 70, 800], normalizedShape: [70], options: { axes: [1] } },
  { norm: 'layerNorm', shape: [5, 96, 20, 41], normalizedShape: [96], options: { axes: [1] } },
  { norm: 'layerNorm', shape: [1, 2100, 60], normalizedShape: [2100], options: { axes: [1] } },
  { norm: 'rmsNorm', shape: [150, 1001], normalizedShape: [1001], options: {} },
  { norm: 'rmsNorm', shape: [33, 8200], normalizedShape: [8200], options: {} },
  { norm: 'layerNorm', shape: [3, 40007], normalizedShape: [40007], options: {} },
  { norm: 'layerNorm', shape: [2, 70000], normalizedShape: [70000], options: {} },
];

/** Returns a mask of so many places, in which some lie side by side. */
function maskOf(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => Number(i % 7 > 2 || i % 31 === 0));
}

// More elements than a tile of two threads has, 262144: more rows, channels, samples, and a longer
// row.
const COPIED: readonly (Call & { readonly dtype: 'float32' | 'float16' | 'bfloat16' })[] = [
  { dtype: 'float16', norm: 'instanceNorm', shape: [3, 64, 39, 37], options: {} },
  { dtype: 'bfloat16', norm: 'instanceNorm', shape: [2, 1, 300, 901], options: {} },
  { dtype: 'float16', norm: 'instanceNorm', shape: [1, 60, 4501], options: { layout: 'nhwc' } },
  { dtype: 'bfloat16', norm: 'batchNorm', shape: [5, 37, 41, 37], options: { training: true } },
  {
    dtype: 'float16',
    norm: 'batchNorm',
    shape: [3, 301, 307, 1],
    options: { training: true, layout: 'nhwc' },
  },
  { dtype: 'float16', norm: 'groupNorm', shape: [3, 40, 50, 47], numGroups: 5, options: {} },
  {
    dtype: 'bfloat16',
    norm: 'layerNorm',
    shape: [401, 701],
    normalizedShape: [701],
    options: {},
  },
  {
    dtype: 'float32',
    norm: 'instanceNorm',
    shape: [3, 64, 39, 49],
    options: { mask: maskOf(3 * 39 * 49) },
  },
  {
    dtype: 'float32',
    norm: 'batchNorm',
    shape: [3, 64, 39, 49],
    options: { training: true, mask: maskOf(3 * 39 * 49) },
  },
  {
    dtype: 'float16',
    norm: 'layerNorm',
    shape: [601, 701],
    normalizedShape: [701],
    options: { mask: maskOf(601) },
  },
];

/** Returns random bits, all of them of positive numbers. */
function bitsOf(count: number, seed: number): Uint16Array {
  const uniform = uniformFrom(seed);
  return Uint16Array.from({ length: count }, () => 0x3000 + 0x1800 * uniform());
}

/** Makes the arrays of a call: what the same seed gives is the same. */
function arraysOf({ norm, shape, normalizedShape, options }: Call) {
  const channels = options.layout === 'nhwc' ? shape.at(-1) : shape[1];
  const count = normalizedShape ? sizeOf(normalizedShape) : (channels as number);
  const weight = normals(count, 3, 1, 0.5);
  const running =
    norm === 'batchNorm' || norm === 'instanceNorm'
      ? { runningMean: normals(count, 5), runningVar: uniforms(count, 6, 0.5, 2) }
      : {};
  return { weight, ...(norm === 'rmsNorm' ? {} : { bias: normals(count, 4) }), ...running };
}

/** Returns all that a call and its gradients write. */
function resultsOf(call: Call, x: TensorLike, g: TensorLike, out?: TensorLike, dx?: TensorLike) {
  const arrays = arraysOf(call);
  const y = forward(call, x, arrays, out).data;
  const { input, weight, bias } = backward(call, g, x, arrays, dx);
  const { runningMean, runningVar } = arrays as { [name: string]: Float32Array };
  return { y, dx: input.data, weight, bias, runningMean, runningVar };
}

/** Compares what two calls wrote. */
function expectSame(found: ReturnType<typeof resultsOf>, expected: typeof found): void {
  for (const [name, values] of Object.entries(expected)) {
    const other = found[name as keyof typeof found];
    if (!values) expect(other, name).toBe(values);
    else if (values instanceof Float32Array) expectSameBits(other as Float32Array, values);
    else expectSameBytes(bytesOf(other as ArrayBufferView), bytesOf(values));
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

// With 3 threads all of them, with other numbers of threads every third.
const SOME: Readonly<Record<number, number>> = { 1: 0, 2: 1, 8: 2 };

describe.each([1, 2, 3, 8])('%i threads', (threads) => {
  const calls = CALLS.filter((_, i) => threads === 3 || i % 3 === SOME[threads]);

  let arena: SharedArena;

  beforeAll(async () => {
    arena = new SharedArena(SPACE, { threads });
    await arena.ready;
    expect(arena.reason).toBe(null);
    expect(arena.threads).toBe(threads);
  });

  afterAll(() => arena.close());

  test.each(calls)('$norm of $shape with $options', (call) => {
    const { shape } = call;
    const data = normals(sizeOf(shape), 1, 3, 2);
    const gradient = normals(sizeOf(shape), 2);
    const expected = resultsOf(call, { data, shape }, { data: gradient, shape });
    for (const inPlace of [false, true]) {
      arena.reset();
      const [x, g] = [
        { data, shape },
        { data: gradient, shape },
      ].map((t) => arena.tensor(t)) as [Tensor, Tensor];
      const [y, dx] = [arena.tensor(shape), inPlace ? g : arena.tensor(shape)];
      const found = resultsOf(call, x, g, y, dx);
      if (inPlace) {
        const again = arena.tensor({ data, shape });
        forward(call, again, arraysOf(call), again);
        expectSameBits(again.data, expected.y);
      }
      expectSame(found, expected);
    }
  });

  const copied = COPIED.filter((_, i) => threads === 2 || i % 3 === threads % 4);

  test.each(copied)('$norm of $shape in $dtype', ({ dtype, ...call }) => {
    const { shape } = call;
    const [x, g] = [1, 2].map((seed) =>
      dtype === 'float32'
        ? new Tensor(normals(sizeOf(shape), seed), shape)
        : new Tensor(bitsOf(sizeOf(shape), seed), shape, { dtype }),
    ) as [Tensor, Tensor];
    const expected = resultsOf(call, x, g);
    arena.reset();
    const [y, dx] = [x, g].map((t) => arena.tensor(t)) as [Tensor, Tensor];
    const found = resultsOf(call, y, dx, arena.tensor(y), dx);
    expectSame(found, expected);
    expectSame({ ...found, y: forward(call, y, arraysOf(call), y).data }, expected);
  });
});
