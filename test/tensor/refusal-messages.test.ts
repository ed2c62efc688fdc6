import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import {
  Arena,
  BatchNorm,
  batchNorm,
  instanceNorm,
  instanceNormBackward,
  Tensor,
} from '../../src/index.ts';
import { testMessages } from '../support/refusals.ts';

const x = new Tensor(new Float32Array(24), [2, 3, 4]);
const any = (value: unknown): never => value as never;

testMessages('of tensors', [
  ['x: expected a tensor, { data, shape }, got 3', () => instanceNorm(any(3))],
  [
    'x.data: expected Float32Array or Float16Array or Uint16Array or BigInt64Array, got [1, 2]',
    () => instanceNorm({ data: any([1, 2]), shape: [1, 1, 2] }),
  ],
  [
    'data: expected Float32Array or Float16Array or Uint16Array or BigInt64Array, got [1, 2]',
    () => new Tensor(any([1, 2]), [2]),
  ],
  [
    `dtype: expected 'float32', got "int64"`,
    () => new Tensor(new Float32Array(2), [2], any({ dtype: 'int64' })),
  ],
  [
    'x: expected a tensor of dtype float32, float16 or bfloat16, got int64',
    () => instanceNorm(any(new Tensor(new BigInt64Array(2), [1, 1, 2]))),
  ],
  [
    'x: expected a tensor, { data, shape }, got a value of type Object',
    () => instanceNorm({ data: new Float32Array(2), shape: any(null) }),
  ],
  [
    "x.dtype: expected 'float16' or 'bfloat16', got undefined",
    () => instanceNorm(any({ data: new Uint16Array(4), shape: [1, 1, 4] })),
  ],
  [
    `x.dtype: expected 'float16' or 'bfloat16', got "float8"`,
    () => instanceNorm(any({ data: new Uint16Array(4), shape: [1, 1, 4], dtype: 'float8' })),
  ],
  ['shape: expected an array of sizes, got 1', () => new Tensor(new Float32Array(1), any(1))],
  [
    'shape: expected numbers, got "1" at position 0',
    () => new Tensor(new Float32Array(1), any(['1'])),
  ],
  [
    'shape: expected whole sizes of at least 0, got 0.5 at position 0',
    () => new Tensor(new Float32Array(1), [0.5]),
  ],
  [
    'shape: expected at most 2^53 - 1 elements, got [1073741824, 1073741824]',
    () => new Tensor(new Float32Array(1), [2 ** 30, 2 ** 30]),
  ],
  [
    'gradOutput.data: expected 24 elements for shape [2, 3, 4], got 23',
    () => instanceNormBackward({ data: new Float32Array(23), shape: [2, 3, 4] }, x),
  ],
  [
    'out: expected shape [2, 3, 4], got [2, 4, 3]',
    () => instanceNorm(x, { out: new Tensor(new Float32Array(24), [2, 4, 3]) }),
  ],
  [
    'out: expected memory of its own, got bytes 4 to 100 of a buffer of which gradOutput holds 0 to 96',
    () => {
      const both = new Float32Array(25);
      const g = new Tensor(both.subarray(0, 24), [2, 3, 4]);
      return instanceNormBackward(g, x, { out: new Tensor(both.subarray(1), [2, 3, 4]) });
    },
  ],
]);

testMessages('of layouts and lengths', [
  ['lengths: expected an array of numbers, got 3', () => instanceNorm(x, { lengths: any(3) })],
  ['lengths: expected numbers, got "4"', () => instanceNorm(x, { lengths: any([3, '4']) })],
  [
    'x: expected at least 2 dimensions, (N, C, *), got shape [2]',
    () => instanceNorm(new Tensor(new Float32Array(2), [2])),
  ],
  [
    'x: expected at least 2 dimensions, (N, *, C), got shape [2]',
    () => instanceNorm(new Tensor(new Float32Array(2), [2]), { layout: 'nhwc' }),
  ],
  [
    'x: expected 3 dimensions where there are lengths, got shape [2, 3, 2, 2]',
    () => instanceNorm(new Tensor(new Float32Array(24), [2, 3, 2, 2]), { lengths: [1, 2] }),
  ],
  [
    'lengths: expected 2 numbers, one for each sample, got 3',
    () => instanceNorm(x, { lengths: [1, 2, 3] }),
  ],
  [
    'lengths: expected whole numbers from 0 to 4, got 5',
    () => instanceNorm(x, { lengths: [1, 5] }),
  ],
]);

testMessages('of parameters', [
  [
    'weight: expected 3 or 6 elements, got 4',
    () => instanceNorm(x, { weight: new Float32Array(4) }),
  ],
  [
    'weight: expected 3 elements, got 4',
    () => batchNorm(x, { training: true, weight: new Float32Array(4) }),
  ],
  [
    'weight.data: expected Float32Array or Float16Array or Uint16Array or BigInt64Array, got [1, 2, 3]',
    () => instanceNorm(x, { weight: any({ data: [1, 2, 3], shape: [3] }) }),
  ],
  [
    'weight: expected a tensor of dtype float32, float16 or bfloat16, got int64',
    () => instanceNorm(x, { weight: any(new Tensor(new BigInt64Array(3), [3])) }),
  ],
  [
    'numFeatures: expected as many as there is memory for, got 1099511627776',
    () => new BatchNorm(2 ** 40),
  ],
]);

testMessages('of arenas', [
  ['arena: [2, 3, 4] needs 96 bytes, but 64 of 64 are left', () => new Arena(64).tensor([2, 3, 4])],
  [
    `dtype: expected 'float32' or 'float16' or 'bfloat16', got "int8"`,
    () => new Arena(100).tensor([1], any({ dtype: 'int8' })),
  ],
  ['width: expected a whole number of at least 1, got 0', () => new Arena(100).image(0, 3)],
  [
    'arena: a picture of 10 x 3 pixels needs 120 bytes, but 100 of 100 are left',
    () => new Arena(100).image(10, 3),
  ],
  ['byteLength: expected a whole number of at least 0, got -1', () => new Arena(-1)],
]);

test('a console shows how full an arena is', () => {
  const arena = new Arena(100);
  arena.tensor([5]);
  expect(inspect(arena)).toBe('Arena { used: 64, capacity: 100 }');
});
