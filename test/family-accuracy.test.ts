import { describe, expect, test } from 'vitest';
import { batchNorm, groupNorm, instanceNorm, layerNorm, rmsNorm, Tensor } from '../src/index.ts';
import { expectSameBits } from './closeness.ts';
import { normals } from './random.ts';
import { moments } from './reference.ts';
import { families } from './rows.ts';

/**
 * A way for a row to be normalized: what becomes of it, and of which of its
 * elements each result was made. `turn` differs from row to row.
 */
interface Way {
  readonly normalize: (row: Float32Array, eps: number, turn: number) => Float32Array;
  readonly elementOf: (index: number, length: number, turn: number) => number;
  /** Whether about 0, as rmsNorm. */
  readonly aboutZero?: boolean;
}

// Vectors of four columns, whole or with some left over; few columns are folded.
const COLUMNS = [...Array.from({ length: 17 }, (_, i) => i + 1), 32, 33];

/** Longer matrices get few columns, to stay in time. */
function columnsOf(length: number, turn: number): number {
  const choices = length > 20_000 ? [1, 3, 4, 5] : COLUMNS;
  return choices[turn % choices.length] as number;
}

/** Both, but in turn where it would take long. */
function epsilons(length: number, turn: number): readonly number[] {
  if (length <= 1000) return [1e-5, 0];
  return [turn % 2 ? 1e-5 : 0];
}

/**
 * A matrix of which each column is the row, begun elsewhere: the same moments,
 * summed in another order.
 */
function columns(row: Float32Array, turn: number): { data: Float32Array; count: number } {
  const count = columnsOf(row.length, turn);
  const data = new Float32Array(row.length * count);
  for (let i = 0; i < data.length; i++) data[i] = row[columnElement(i, row.length, turn)] as number;
  return { data, count };
}

function columnElement(index: number, length: number, turn: number): number {
  const count = columnsOf(length, turn);
  return (Math.floor(index / count) + (index % count)) % length;
}

/** The largest of 4, 3, 2 and 1 that divides. */
function divisorOf(length: number): number {
  return [4, 3, 2].find((divisor) => length % divisor === 0) ?? 1;
}

/** One of three channels, in samples between others' rows; the others are of another kind. */
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

const inOrder = (index: number): number => index;

const ways: Readonly<Record<string, Way>> = {
  'batchNorm in nchw': {
    normalize: (row, eps) => {
      const { x, pick } = batch(row);
      return pick(batchNorm(x, { training: true, eps }).data);
    },
    elementOf: inOrder,
  },
  'batchNorm of (N, C)': {
    normalize: (row, eps, turn) => {
      const { data, count } = columns(row, turn);
      return batchNorm(new Tensor(data, [row.length, count]), { training: true, eps }).data;
    },
    elementOf: columnElement,
  },
  'batchNorm in nhwc': {
    normalize: (row, eps, turn) => {
      const { data, count } = columns(row, turn);
      const samples = divisorOf(row.length);
      const x = new Tensor(data, [samples, row.length / samples, count]);
      return batchNorm(x, { training: true, layout: 'nhwc', eps }).data;
    },
    elementOf: columnElement,
  },
  'instanceNorm in nhwc': {
    normalize: (row, eps, turn) => {
      const { data, count } = columns(row, turn + 1);
      const x = new Tensor(data, [1, row.length, count]);
      return instanceNorm(x, { layout: 'nhwc', eps }).data;
    },
    elementOf: (index, length, turn) => columnElement(index, length, turn + 1),
  },
  'groupNorm in nchw': {
    normalize: (row, eps) => {
      const share = divisorOf(row.length);
      const x = new Tensor(row, [1, share, row.length / share]);
      return groupNorm(x, 1, { eps }).data;
    },
    elementOf: inOrder,
  },
  'groupNorm in nhwc': {
    normalize: (row, eps) => {
      const share = divisorOf(row.length);
      const two = new Float32Array(2 * row.length);
      // The row in the second of two groups; in the first in the same order.
      for (let i = 0; i < two.length; i++) two[i] = row[groupElement(i, row.length)] as number;
      const x = new Tensor(two, [1, row.length / share, 2 * share]);
      return groupNorm(x, 2, { layout: 'nhwc', eps }).data;
    },
    elementOf: groupElement,
  },
  layerNorm: {
    normalize: (row, eps) => layerNorm(new Tensor(row, [1, row.length]), row.length, { eps }).data,
    elementOf: inOrder,
  },
  rmsNorm: {
    normalize: (row, eps) => rmsNorm(new Tensor(row, [1, row.length]), row.length, { eps }).data,
    elementOf: inOrder,
    aboutZero: true,
  },
};

function groupElement(index: number, length: number): number {
  const share = divisorOf(length);
  const place = Math.floor(index / (2 * share));
  return place * share + (index % share);
}

const TOLERANCE = 2 ** -22;

describe('every norm in both layouts is within 2^-22 * max(1, |y|) for', () => {
  test.each(Object.entries(families))('%s', (_, rows) => {
    const worst = Object.fromEntries(Object.keys(ways).map((name) => [name, 0]));
    const where: Record<string, string> = {};
    let turn = 0;
    for (const [label, row] of rows()) {
      turn++;
      const { length } = row;
      const { mean, variance } = moments(row);
      const expected = new Float64Array(length);
      for (const eps of epsilons(length, turn)) {
        for (const aboutZero of [false, true]) {
          const centre = aboutZero ? 0 : mean;
          const square = variance + (aboutZero ? mean * mean : 0);
          const deviation = Math.sqrt(square + eps);
          for (let i = 0; i < length; i++) {
            expected[i] = deviation === 0 ? 0 : ((row[i] as number) - centre) / deviation;
          }
          for (const [name, way] of Object.entries(ways)) {
            if ((way.aboutZero ?? false) !== aboutZero) continue;
            const y = way.normalize(row, eps, turn);
            const share = worstShare(y, (i) => expected[way.elementOf(i, length, turn)] as number);
            if (share <= (worst[name] as number)) continue;
            worst[name] = share;
            where[name] = `${share} of what is allowed: ${label}, eps ${eps}`;
          }
        }
      }
    }
    const beyond = Object.keys(ways).filter((name) => (worst[name] as number) > 1);
    expect(beyond, JSON.stringify(where, null, 1)).toEqual([]);
    expect(Math.min(...Object.values(worst))).toBeGreaterThan(0);
  });

  function worstShare(y: Float32Array, expectedAt: (index: number) => number): number {
    let worst = 0;
    for (let i = 0; i < y.length; i++) {
      const expected = expectedAt(i);
      const error = Math.abs((y[i] as number) - expected);
      const share = error / (TOLERANCE * Math.max(1, Math.abs(expected)));
      if (!(share <= worst)) worst = Number.isNaN(share) ? Number.POSITIVE_INFINITY : share;
    }
    return worst;
  }
});

test('layerNorm with weights of 1 gives what it gives without, bit for bit', () => {
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
      for (const value of VALUES) {
        for (const rows of LENGTHS.filter((length) => length * count < 300_000)) {
          for (const column of new Set([0, count >> 1, count - 1])) {
            const data = normals(rows * count, rows);
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
    for (const value of VALUES) {
      for (const length of LENGTHS) {
        const data = new Float32Array(4 * length).fill(value);
        const elements = { weight: normals(4 * length, 3, 100, 50), bias: normals(4 * length, 4) };
        for (const eps of [1e-5, 0]) {
          const rows = new Tensor(data, [1, 4, length]);
          const byChannel = Float32Array.from(
            data,
            (_, i) => bias[Math.floor(i / length)] as number,
          );
          expectSameBits(groupNorm(rows, 2, { ...four, eps }).data, byChannel);
          expectSameBits(batchNorm(rows, { ...four, eps, training: true }).data, byChannel);
          const columns = new Tensor(data, [1, length, 4]);
          const byColumn = Float32Array.from(data, (_, i) => bias[i % 4] as number);
          expectSameBits(groupNorm(columns, 2, { ...four, eps, layout: 'nhwc' }).data, byColumn);
          const layer = layerNorm(rows, [4, length], { ...elements, eps });
          expectSameBits(layer.data, elements.bias);
        }
      }
    }
  });
});

describe.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d', (value) => {
  /** Expects a value at `bad` to spoil just the elements that share statistics with it. */
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
    expect(data.every((result, i) => groupOf(i) !== own || Number.isNaN(result))).toBe(true);
    expectSameBits(
      data.filter((_, i) => groupOf(i) !== own),
      clean.filter((_, i) => groupOf(i) !== own),
    );
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
