// How the work of kernels of columns is cut: at rows of the matrix, those that are summed together
// staying so, or at samples.

import { F32, F64 } from '../memory/sizes.ts';
import { MOMENTS_BYTES } from './bytes.ts';
import type { Parameter } from './crew.ts';
import { type Job, PARTS } from './job.ts';
import { cut, cutPeriods, cutWholes, Pieces } from './pieces.ts';

// Elements of all columns that kernels sum together.
const CHUNK = 65536;

/** Rows that kernels apply lines to at once. */
const ROWS_AT_ONCE = 4;

function chunkRows(columns: number): number {
  return Math.max(1, Math.floor(CHUNK / columns));
}

/**
 * Cuts a matrix at its chunks, in runs of as many as there is space for what they leave behind.
 *
 * @param bytes what a chunk leaves behind
 * @param work is given the chunks of a run, and its first row
 */
function cutChunks(
  job: Job,
  rows: number,
  columns: number,
  bytes: number,
  work: (pieces: Pieces, row: number) => void,
): boolean {
  if (!job.isWorth(rows * columns)) return false;
  const chunk = chunkRows(columns);
  const run = chunk * Math.floor(PARTS / bytes);
  for (let row = 0; row < rows; row += run) {
    work(new Pieces(1, Math.min(run, rows - row), chunk), row);
  }
  return true;
}

/** Merges the moments that chunks of columns have left behind. */
function mergeChunks(job: Job, moments: number, chunks: number, columns: number): void {
  job.alone('mergeMoments', moments, job.partsAt, chunks * columns, 1, columns);
}

export function addColumnMoments(
  job: Job,
  moments: number,
  x: number,
  rows: number,
  columns: number,
): boolean {
  const bytes = columns * MOMENTS_BYTES;
  return cutChunks(job, rows, columns, bytes, (pieces, row) => {
    job.round(
      'addColumnMoments',
      pieces,
      [
        pieces.part(job.partsAt, bytes),
        pieces.at(x + row * columns * F32, columns * F32),
        pieces.count(),
        columns,
        job.own(0),
      ],
      { cleared: bytes },
    );
    mergeChunks(job, moments, pieces.columns, columns);
  });
}

export function addColumnMomentsF64(
  job: Job,
  moments: number,
  x: number,
  rows: number,
  columns: number,
): boolean {
  const bytes = columns * MOMENTS_BYTES;
  return cutChunks(job, rows, columns, bytes, (pieces, row) => {
    job.round(
      'addColumnMomentsF64',
      pieces,
      [
        pieces.part(job.partsAt, bytes),
        pieces.at(x + row * columns * F32, columns * F32),
        pieces.count(),
        columns,
      ],
      { cleared: bytes },
    );
    mergeChunks(job, moments, pieces.columns, columns);
  });
}

export function applyColumns(
  job: Job,
  y: number,
  x: number,
  lines: number,
  rows: number,
  columns: number,
): boolean {
  if (!job.isWorth(rows * columns)) return false;
  const pieces = cutWholes(job, rows, columns, ROWS_AT_ONCE);
  const row = columns * F32;
  job.round(
    'applyColumns',
    pieces,
    [pieces.at(y, row), pieces.at(x, row), lines, pieces.count(), columns, job.own(0)],
    { repeatable: y !== x },
  );
  return true;
}

export function addColumnGradientSums(
  job: Job,
  sums: number,
  products: number,
  g: number,
  x: number,
  lines: number,
  rows: number,
  columns: number,
): boolean {
  const bytes = 2 * columns * F64;
  return cutChunks(job, rows, columns, bytes, (pieces, first) => {
    const row = columns * F32;
    job.round(
      'addColumnGradientSums',
      pieces,
      [
        pieces.part(job.partsAt, bytes),
        pieces.part(job.partsAt + columns * F64, bytes),
        pieces.at(g + first * row, row),
        pieces.at(x + first * row, row),
        lines,
        pieces.count(),
        columns,
        job.own(0),
      ],
      { cleared: bytes },
    );
    const parts = job.numbers(job.partsAt, pieces.columns * 2 * columns);
    const [ownSums, ownProducts] = [job.numbers(sums, columns), job.numbers(products, columns)];
    for (let at = 0; at < parts.length; at += 2 * columns) {
      for (let column = 0; column < columns; column++) {
        (ownSums[column] as number) += parts[at + column] as number;
        (ownProducts[column] as number) += parts[at + columns + column] as number;
      }
    }
  });
}

export function combineColumns(
  job: Job,
  dx: number,
  g: number,
  x: number,
  lines: number,
  combinations: number,
  rows: number,
  columns: number,
): boolean {
  if (!job.isWorth(rows * columns)) return false;
  const pieces = new Pieces(1, rows, chunkRows(columns));
  const row = columns * F32;
  job.round(
    'combineColumns',
    pieces,
    [
      pieces.at(dx, row),
      pieces.at(g, row),
      pieces.at(x, row),
      lines,
      combinations,
      pieces.count(),
      columns,
      job.own(0),
    ],
    { repeatable: dx !== g && dx !== x },
  );
  return true;
}

/** Samples of columns, cut at samples, or at the columns of the only one where they lie one after the other. */
class SamplePieces {
  readonly pieces: Pieces;
  readonly samples: Parameter;
  readonly columns: Parameter;
  /** After how many columns weights begin again. */
  readonly period: Parameter;
  /** The columns of a unit that is not cut. */
  readonly unit: number;

  constructor(
    job: Job,
    samples: number,
    columns: number,
    size: number,
    period: number,
    isCuttable: boolean,
  ) {
    const isOne = samples === 1 && isCuttable;
    this.unit = isOne ? 1 : columns;
    this.pieces = isOne
      ? cut(job, columns, size / columns)
      : cutPeriods(job, samples, period / columns, size);
    this.samples = isOne ? 1 : this.pieces.count();
    this.columns = isOne ? this.pieces.count() : columns;
    this.period = isOne ? this.pieces.count() : period;
  }
}

export function normalizeColumns(
  job: Job,
  y: number,
  moments: number,
  _means: number,
  _variances: number,
  _scales: number,
  _sums: number,
  x: number,
  weight: number,
  bias: number,
  samples: number,
  rows: number,
  columns: number,
  width: number,
  groupSize: number,
  period: number,
  eps: number,
): boolean {
  const size = rows * columns * width;
  if (!job.isWorth(samples * size)) return false;
  // Without weights there is no period.
  const own = weight === 0 && bias === 0 ? samples * columns : period;
  const cuts = new SamplePieces(job, samples, columns, size, own, rows * groupSize === 1);
  const { pieces, unit } = cuts;
  const bytes = unit * rows * width * F32;
  job.round(
    'normalizeColumns',
    pieces,
    [
      pieces.at(y, bytes),
      moments === 0 ? 0 : pieces.at(moments, (unit / groupSize) * MOMENTS_BYTES),
      job.own(0),
      job.own(1),
      job.own(2),
      job.own(3),
      pieces.at(x, bytes),
      pieces.within(weight, unit * F32),
      pieces.within(bias, unit * F32),
      cuts.samples,
      rows,
      cuts.columns,
      width,
      groupSize,
      cuts.period,
      eps,
    ],
    { repeatable: y !== x },
  );
  return true;
}

export function differentiateColumns(
  job: Job,
  dx: number,
  sums: number,
  products: number,
  _means: number,
  _variances: number,
  _rstds: number,
  _combinations: number,
  g: number,
  x: number,
  weight: number,
  samples: number,
  rows: number,
  columns: number,
  width: number,
  groupSize: number,
  period: number,
  eps: number,
): boolean {
  const size = rows * columns * width;
  if (!job.isWorth(samples * size)) return false;
  const own = weight === 0 ? samples * columns : period;
  const cuts = new SamplePieces(job, samples, columns, size, own, rows * groupSize === 1);
  const { pieces, unit } = cuts;
  const bytes = unit * rows * width * F32;
  // The kernel writes one sum more than there are columns, so pieces get places of their own.
  const part = (pieces.most * unit + 2) * F64;
  const productsAt = job.partsAt + pieces.rows * pieces.columns * part;
  job.round(
    'differentiateColumns',
    pieces,
    [
      pieces.at(dx, bytes),
      pieces.part(job.partsAt, part),
      pieces.part(productsAt, part),
      job.own(0),
      job.own(1),
      job.own(2),
      job.own(3),
      pieces.at(g, bytes),
      pieces.at(x, bytes),
      pieces.within(weight, unit * F32),
      cuts.samples,
      rows,
      cuts.columns,
      width,
      groupSize,
      cuts.period,
      eps,
    ],
    { repeatable: dx !== g && dx !== x },
  );
  let from = 0;
  for (const [first, count] of pieces.units()) {
    const [at, length] = [first * unit * F64, count * unit];
    job.numbers(sums + at, length).set(job.numbers(job.partsAt + from, length));
    job.numbers(products + at, length).set(job.numbers(productsAt + from, length));
    from += part;
  }
  return true;
}
