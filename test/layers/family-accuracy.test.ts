import { describe, expect, test } from 'vitest';
import { batchNorm, groupNorm, instanceNorm, layerNorm, rmsNorm, Tensor } from '../../src/index.ts';
import { expectSameBits, worstError } from '../support/closeness.ts';
import { normals } from '../support/random.ts';
import { moments } from '../support/reference.ts';
import { families } from '../support/rows.ts';

/** A way for a row to be normalized. */
interface Way {
  /** Makes values of the row, in which all statistics are the row's. `turn` differs from row to row. */
  readonly arrange: (row: Float32Array, turn: number) => Float32Array;
  /** Normalizes what `arrange` made of a row of this length. */
  readonly normalize: (values: Float32Array, length: number, eps: number) => Float32Array;
  /** Whether no mean is subtracted, as in rmsNorm. */
  readonly aboutZero?: boolean;
}

// Vectors of four columns, with and without some left over. Kernels fold few columns.
const COLUMNS = [...Array.from({ length: 17 }, (_, i) => i + 1), 32, 33];

/** The number of columns: few in long matrices, which would take too much time. */
function columnsOf(length: number, turn: number): number {
  const choices = length > 20_000 ? [1, 3, 4, 5] : COLUMNS;
  return choices[turn % choices.length] as number;
}

/** Both values of eps for short rows, one after the other for long ones, which take more time. */
function epsilons(length: number, turn: number): readonly number[] {
  if (length <= 1000) return [1e-5, 0];
  return [turn % 2 ? 1e-5 : 0];
}

const asItIs = (row: Float32Array): Float32Array => row;

/**
 * A matrix whose columns are the row, each begun at another element: they have the same
 * moments, summed in another order.
 */
function inColumns(row: Float32Array, turn: number): Float32Array {
  const { length } = row;
  const count = columnsOf(length, turn);
  const values = new Float32Array(length * count);
  for (let place = 0, i = 0; place < length; place++) {
    for (let column = 0; column < count; column++, i++) {
      values[i] = row[(place + column) % length] as number;
    }
  }
  return values;
}

/** Two groups whose channels lie side by side; each is the row. */
function inTwoGroups(row: Float32Array): Float32Array {
  const groupSize = divisorOf(row.length);
  const values = new Float32Array(2 * row.length);
  for (let place = 0; place < row.length; place += groupSize) {
    for (let at = place; at < place + groupSize; at++) {
      const value = row[at] as number;
      values[place + at] = value;
      values[place + at + groupSize] = value;
    }
  }
  return values;
}

/** The largest of 4, 3, 2 and 1 that divides the length. */
function divisorOf(length: number): number {
  return [4, 3, 2].find((divisor) => length % divisor === 0) ?? 1;
}

/** A batch in which the row is the second of three channels, and a function that picks it out. */
function batch(row: Float32Array): { x: Tensor; pick: (y: Float32Array) => Float32Array } {
  const samples = divisorOf(row.length);
  const spatial = row.length / samples;
  const data = new Float32Array(3 * row.length).fill(1e3);
  const start = (sample: number) => (sample * 3 + 1) * spatial;
  for (let sample = 0; sample < samples; sample++) {
    data.set(row.subarray(sample * spatial, (sample + 1) * spatial), start(sample));
  }
  data[data.length - 1] = -1;
  const pick = (y: Float32Array): Float32Array => {
    const found = new Float32Array(row.length);
    for (let sample = 0; sample < samples; sample++) {
      found.set(y.subarray(start(sample), start(sample) + spatial), sample * spatial);
    }
    return found;
  };
  return { x: new Tensor(data, [samples, 3, spatial]), pick };
}

const ways: Readonly<Record<string, Way>> = {
  'batchNorm in nchw': {
    arrange: asItIs,
    normalize: (row, _, eps) => {
      const { x, pick } = batch(row);
      return pick(batchNorm(x, { training: true, eps }).data);
    },
  },
  'batchNorm of (N, C)': {
    arrange: inColumns,
    normalize: (values, length, eps) => {
      const x = new Tensor(values, [length, values.length / length]);
      return batchNorm(x, { training: true, eps }).data;
    },
  },
  'batchNorm in nhwc': {
    arrange: inColumns,
    normalize: (values, length, eps) => {
      const samples = divisorOf(length);
      const x = new Tensor(values, [samples, length / samples, values.length / length]);
      return batchNorm(x, { training: true, layout: 'nhwc', eps }).data;
    },
  },
  'instanceNorm in nhwc': {
    arrange: (row, turn) => inColumns(row, turn + 1),
    normalize: (values, length, eps) => {
      const x = new Tensor(values, [1, length, values.length / length]);
      return instanceNorm(x, { layout: 'nhwc', eps }).data;
    },
  },
  'groupNorm in nchw': {
    arrange: asItIs,
    normalize: (row, length, eps) => {
      const groupSize = divisorOf(length);
      const x = new Tensor(row, [1, groupSize, length / groupSize]);
      return groupNorm(x, 1, { eps }).data;
    },
  },
  'groupNorm in nhwc': {
    arrange: inTwoGroups,
    normalize: (two, length, eps) => {
      const groupSize = divisorOf(length);
      const x = new Tensor(two, [1, length / groupSize, 2 * groupSize]);
      return groupNorm(x, 2, { layout: 'nhwc', eps }).data;
    },
  },
  layerNorm: {
    arrange: asItIs,
    normalize: (row, length, eps) => layerNorm(new Tensor(row, [1, length]), length, { eps }).data,
  },
  rmsNorm: {
    arrange: asItIs,
    normalize: (row, length, eps) => rmsNorm(new Tensor(row, [1, length]), length, { eps }).data,
    aboutZero: true,
  },
};

describe('every norm in both layouts is within 2^-22 * max(1, |y|) for', () => {
  test.each(Object.entries(families))('%s', (_, rows) => {
    const worst = Object.fromEntries(Object.keys(ways).map((name) => [name, 0]));
    const where: Record<string, string> = {};
    let turn = 0;
    for (const [label, row] of rows()) {
      turn++;
      const { mean, variance } = moments(row);
      const aboutMean = { mean, variance };
      const aboutZero = { mean: 0, variance: variance + mean * mean };
      for (const [name, way] of Object.entries(ways)) {
        const values = way.arrange(row, turn);
        for (const eps of epsilons(row.length, turn)) {
          const y = way.normalize(values, row.length, eps);
          const error = worstError(y, values, eps, way.aboutZero ? aboutZero : aboutMean);
          if (error <= (worst[name] as number)) continue;
          worst[name] = error;
          where[name] = `${error} of what is allowed: ${label}, eps ${eps}`;
        }
      }
    }
    const beyond = Object.keys(ways).filter((name) => (worst[name] as number) > 1);
    expect(beyond, JSON.stringify(where, null, 1)).toEqual([]);
    expect(Math.min(...Object.values(worst))).toBeGreaterThan(0);
  });
});

test('layerNorm with weights of 1 gives what it gives without weights, bit for bit', () => {
  for (const [, row] of families['every length from 2 to 300']?.() ?? []) {
    const x = new Tensor(row, [1, row.length]);
    const weight = new Float32Array(row.length).fill(1);
    expectSameBits(layerNorm(x, row.length, { weight }).data, layerNorm(x, row.length).data);
  }
});

describe('a constant', () => {
  const VALUES = [0, 0.1, -3, 1e-45, 1e-30, 1e30, 3.4e38];
  const weight = normals(17, 1, 100, 50);
  const bias = normals(17, 2);
  const LENGTHS = [2, 3, 49, 300, 17001, 65537];

  test.each([1, 2, 3, 4, 5, 8, 17])(
    'column among %i gives exactly its bias, also without eps',
    (count) => {
      const own = { weight: weight.slice(0, count), bias: bias.slice(0, count) };
      for (const rows of LENGTHS.filter((length) => length * count < 300_000)) {
        const others = normals(rows * count, rows);
        for (const value of VALUES) {
          for (const column of new Set([0, count >> 1, count - 1])) {
            const data = others.slice();
            for (let row = 0; row < rows; row++) data[row * count + column] = value;
            const x = new Tensor(data, [1, rows, count]);
            for (const eps of [1e-5, 0]) {
              const options = { ...own, eps, layout: 'nhwc' } as const;
              for (const y of [
                instanceNorm(x, options),
                batchNorm(x, { ...options, training: true }),
              ]) {
                for (let row = 0; row < rows; row++) {
                  if (y.data[row * count + column] !== bias[column]) {
                    expect.fail(`${value} gave ${y.data[row * count + column]} in row ${row}`);
                  }
                }
              }
            }
          }
        }
      }
    },
  );

  test('group, layer or batch gives exactly its bias', () => {
    const four = { weight: weight.slice(0, 4), bias: bias.slice(0, 4) };
    for (const length of LENGTHS) {
      const elements = { weight: normals(4 * length, 3, 100, 50), bias: normals(4 * length, 4) };
      const byChannel = Float32Array.from(
        elements.bias,
        (_, i) => bias[Math.floor(i / length)] as number,
      );
      const byColumn = Float32Array.from(elements.bias, (_, i) => bias[i % 4] as number);
      for (const value of VALUES) {
        const data = new Float32Array(4 * length).fill(value);
        for (const eps of [1e-5, 0]) {
          const rows = new Tensor(data, [1, 4, length]);
          expectSameBits(groupNorm(rows, 2, { ...four, eps }).data, byChannel);
          expectSameBits(batchNorm(rows, { ...four, eps, training: true }).data, byChannel);
          const columns = new Tensor(data, [1, length, 4]);
          expectSameBits(groupNorm(columns, 2, { ...four, eps, layout: 'nhwc' }).data, byColumn);
          const layer = layerNorm(rows, [4, length], { ...elements, eps });
          expectSameBits(layer.data, elements.bias);
        }
      }
    }
  });
});

describe.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d', (value) => {
  /** Expects a value at `bad` to make NaN of the elements that share statistics with it, and of no others. */
  function expectContained(
    x: Tensor,
    bad: number,
    normalize: (x: Tensor) => Tensor,
    groupOf: (index: number) => number,
  ): void {
    const clean = normalize(x).data;
    const spoiled = x.data.slice();
    spoiled[bad] = value;
    const { data } = normalize(new Tensor(spoiled, x.shape));
    const own = groupOf(bad);
    for (let i = 0; i < data.length; i++) {
      const expected = groupOf(i) === own ? Number.NaN : clean[i];
      if (!Object.is(data[i], expected)) {
        expect.fail(`element ${i}: expected ${expected}, got ${data[i]}`);
      }
    }
  }

  test.each([1, 2, 3, 4, 6, 7, 17])('stays in its own column of %i', (columns) => {
    for (const rows of [5, 300, 30_000]) {
      const x = new Tensor(normals(2 * rows * columns, 5), [2, rows, columns]);
      const bad = (rows + 3) * columns + (columns >> 1);
      const byColumn = (i: number) => i % columns;
      const bySample = (i: number) => Math.floor(i / (rows * columns));
      expectContained(
        x,
        bad,
        (x) => instanceNorm(x, { layout: 'nhwc' }),
        (i) => bySample(i) * columns + byColumn(i),
      );
      expectContained(x, bad, (x) => batchNorm(x, { layout: 'nhwc', training: true }), byColumn);
    }
  });

  test.each(['nchw', 'nhwc'] as const)('stays in its own group in %s', (layout) => {
    for (const spatial of [3, 300, 30_000]) {
      const shape = layout === 'nchw' ? [2, 6, spatial] : [2, spatial, 6];
      const x = new Tensor(normals(12 * spatial, 6), shape);
      const channel = (i: number) => (layout === 'nchw' ? Math.floor(i / spatial) % 6 : i % 6);
      expectContained(
        x,
        7 * spatial + 2,
        (x) => groupNorm(x, 3, { layout }),
        (i) => Math.floor(i / (6 * spatial)) * 3 + Math.floor(channel(i) / 2),
      );
    }
  });

  test('stays in its own row and in its own channel of the batch', () => {
    for (const length of [5, 300, 70_000]) {
      const x = new Tensor(normals(6 * length, 7), [2, 3, length]);
      const rowOf = (i: number) => Math.floor(i / length);
      expectContained(x, 4 * length + 2, (x) => layerNorm(x, length), rowOf);
      expectContained(x, 4 * length + 2, (x) => rmsNorm(x, length), rowOf);
      const training = (x: Tensor) => batchNorm(x, { training: true });
      expectContained(x, 4 * length + 2, training, (i) => rowOf(i) % 3);
    }
  });
});
