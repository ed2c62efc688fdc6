// npm run short-rows compares short rows of few values with float64: in them the rounding of one
// element is that of many, and does not average out.

import { parseArgs } from 'node:util';
import { instanceNorm, layerNorm, rmsNorm, Tensor } from '../../src/index.ts';
import { uniformFrom } from '../support/random.ts';

const USAGE = `Finds the worst error of short rows of few values, as a part of 2^-22.

  npm run short-rows -- [--rows N] [--seed S]

  --rows N   how many (1000000)
  --seed S   a whole number; the same seed draws the same rows (1)`;

const LIMIT = 2 ** -22;
const MOST_ELEMENTS = 64;
const MOST_VALUES = 4;
// Rows of one length that are normalized at once.
const ROWS_AT_ONCE = 500;
// Kernels of columns take rows of up to so many elements, and those of rows longer ones.
const MOST_OF_COLUMNS = 32;

/** Ways to normalize a matrix of rows, each by its own moments. */
const WAYS: Readonly<Record<string, (rows: Float32Array, length: number) => Float32Array>> = {
  'rows of channels': (rows, length) =>
    instanceNorm(new Tensor(rows, [1, rows.length / length, length]), { eps: 0 }).data,
  'columns of channels': (rows, length) => {
    const count = rows.length / length;
    const columns = new Tensor(transposed(rows, length), [1, length, count]);
    return transposed(instanceNorm(columns, { eps: 0, layout: 'nhwc' }).data, count);
  },
  'layer normalization': (rows, length) =>
    layerNorm(new Tensor(rows, [rows.length / length, length]), length, { eps: 0 }).data,
  'RMS normalization': (rows, length) =>
    rmsNorm(new Tensor(rows, [rows.length / length, length]), length, { eps: 0 }).data,
};

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) console.log(USAGE);
else compare(Number(values.rows), Number(values.seed));

/** Compares so many rows in all ways, and prints the worst error of each. */
function compare(count: number, seed: number): void {
  const random = uniformFrom(seed);
  const worst = new Map<string, number>();
  let failed = false;
  for (let done = 0; done < count; done += ROWS_AT_ONCE) {
    const length = 2 + Math.floor(random() * (MOST_ELEMENTS - 1));
    const rows = drawRows(Math.min(ROWS_AT_ONCE, count - done), length, random);
    const centred = normalized(rows, length, true);
    const aboutZero = normalized(rows, length, false);
    for (const [way, normalize] of Object.entries(WAYS)) {
      const expected = way === 'RMS normalization' ? aboutZero : centred;
      const error = worstOf(normalize(rows, length), expected) / LIMIT;
      const name = `${way}, ${length <= MOST_OF_COLUMNS ? 'up to' : 'over'} ${MOST_OF_COLUMNS}`;
      worst.set(name, Math.max(worst.get(name) ?? 0, error));
      if (!(error <= 1)) failed = true;
    }
  }
  console.log(`worst |y - y*| / max(1, |y*|) of ${count} rows of seed ${seed}, in 2^-22:`);
  for (const [name, error] of worst) console.log(`  ${name.padEnd(34)}${error.toFixed(3)}`);
  if (failed) process.exitCode = 1;
}

/** Draws rows of two to four values, of any size from 1e-30 to 1e30 and any mean up to 1e7 deviations. */
function drawRows(count: number, length: number, random: () => number): Float32Array {
  const rows = new Float32Array(count * length);
  for (let at = 0; at < rows.length; at += length) {
    const mean = random() < 0.5 ? 0 : 10 ** (7 * random());
    // The mean and not the deviation is at most 1e30.
    const size = 10 ** (60 * random() - 30) / Math.max(1, mean);
    const few = Array.from(
      { length: 2 + Math.floor(random() * (MOST_VALUES - 1)) },
      () => size * (mean + 2 * random() - 1),
    );
    // One of them is rare in some rows.
    const share = random();
    for (let i = 0; i < length; i++) {
      const place = random() < share ? 0 : Math.floor(random() * few.length);
      rows[at + i] = few[place] as number;
    }
  }
  return rows;
}

/** Normalizes rows in float64. The mean is corrected by the mean of what it leaves. */
function normalized(rows: Float32Array, length: number, centred: boolean): Float64Array {
  const result = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at += length) {
    const row = rows.subarray(at, at + length);
    let mean = 0;
    if (centred) {
      for (const x of row) mean += x / length;
      let left = 0;
      for (const x of row) left += (x - mean) / length;
      mean += left;
    }
    let variance = 0;
    for (const x of row) variance += (x - mean) ** 2 / length;
    const equal = row.every((x) => x === row[0]);
    const isFlat = centred ? equal : equal && row[0] === 0;
    row.forEach((x, i) => {
      result[at + i] = isFlat ? 0 : (x - mean) / Math.sqrt(variance);
    });
  }
  return result;
}

/** Returns the worst |y - y*| / max(1, |y*|); NaN where y has one. */
function worstOf(actual: Float32Array, expected: Float64Array): number {
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const y = expected[i] as number;
    const error = Math.abs((actual[i] as number) - y) / Math.max(1, Math.abs(y));
    if (!(error <= worst)) worst = error;
    if (Number.isNaN(worst)) break;
  }
  return worst;
}

/** Turns (rows, length) into (length, rows). */
function transposed(matrix: Float32Array, length: number): Float32Array {
  const rows = matrix.length / length;
  return Float32Array.from(
    matrix,
    (_, at) => matrix[(at % rows) * length + Math.floor(at / rows)] as number,
  );
}
