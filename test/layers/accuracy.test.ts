import { describe, expect, test } from 'vitest';
import { instanceNorm, Tensor } from '../../src/index.ts';
import { worstError } from '../support/closeness.ts';
import { normals } from '../support/random.ts';
import { moments } from '../support/reference.ts';
import { families } from '../support/rows.ts';

/** Normalizes one row, without weight and bias. */
type Normalize = (row: Float32Array, eps: number) => Float32Array;

/** Ways for a row to reach a normalization. */
const normalizations: Readonly<Record<string, Normalize>> = {
  instanceNorm: (row, eps) => instanceNorm(new Tensor(row, [1, 1, row.length]), { eps }).data,
  'instanceNorm between other rows': (row, eps) => {
    const { length } = row;
    const three = new Float32Array(3 * length).fill(1e3);
    three.set(row, length);
    three[2 * length] = -1;
    const y = instanceNorm(new Tensor(three, [1, 3, length]), { eps });
    return y.data.subarray(length, 2 * length);
  },
};

describe.each(Object.entries(normalizations))(
  '%s is within 2^-22 * max(1, |y|) for',
  (_, normalize) => {
    test.each(Object.entries(families))('%s', (_, rows) => {
      let worst = 0;
      let where = '';
      for (const [label, row] of rows()) {
        for (const eps of [1e-5, 0]) {
          const error = worstError(normalize(row, eps), row, eps);
          if (error <= worst) continue;
          worst = error;
          where = `${label}, eps ${eps}`;
        }
      }
      expect(worst, `the worst error is ${worst} of what is allowed: ${where}`).toBeLessThanOrEqual(
        1,
      );
      expect(worst).toBeGreaterThan(0);
    });
  },
);

test('a row of 1e8 elements, in plain arrays and in place, is within 2^-22 * max(1, |y|)', () => {
  const length = 1e8;
  const noise = normals(65536, 1, 0, 0.5);
  // A drift of 3 around a mean of 1000, and noise that repeats, each time in another order.
  const write = (values: Float32Array, start: number) => {
    for (let at = 0; at < values.length; at++) {
      const i = start + at;
      values[at] = 1000 + i * 3e-8 + (noise[Math.imul(i, 0x9e3779b1) >>> 16] as number);
    }
  };
  const x = new Float32Array(length);
  write(x, 0);
  const found = moments(x);

  const tensor = new Tensor(x, [1, 1, 10000, 10000]);
  const y = instanceNorm(tensor, { out: tensor }).data;

  // The result has overwritten x, so x is written again, piece by piece.
  const piece = new Float32Array(length / 1000);
  let worst = 0;
  for (let start = 0; start < length; start += piece.length) {
    write(piece, start);
    const result = y.subarray(start, start + piece.length);
    worst = Math.max(worst, worstError(result, piece, 1e-5, found));
  }
  expect(worst, `the worst error is ${worst} of what is allowed`).toBeLessThanOrEqual(1);
  expect(worst).toBeGreaterThan(0);
});
