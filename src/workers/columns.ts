// How the work of kernels of columns is cut: at rows of the matrix, those that are summed together
// staying so, or at samples.

import { F32, F64 } from '../memory/sizes.ts';
import { MOMENTS_BYTES, PARTS } from './bytes.ts';
import type { Call, Ways } from './calls.ts';
import type { Deal, Dealing } from './deal.ts';
import { cut, cutPeriods, cutWholes, Pieces } from './pieces.ts';

// Elements of all columns that kernels sum together.
const CHUNK = 65536;

// Rows that kernels apply lines to at once.
const ROWS_AT_ONCE = 4;

/** A matrix. */
interface MatrixCall {
  readonly rows: number;
  readonly columns: number;
}

function chunkRows(columns: number): number {
  return Math.max(1, Math.floor(CHUNK / columns));
}

/**
 * Cuts a matrix at its chunks, in runs of as many as there is space for what they leave behind.
 *
 * @param bytes what a chunk leaves behind
 * @param parts returns where it does, given the chunks of a run
 * @param merge is given their number
 */
function cutChunks(
  { rows, columns }: MatrixCall,
  deal: Deal,
  bytes: number,
  parts: (pieces: Pieces) => Ways,
  merge: (chunks: number) => void,
): boolean {
  const chunk = chunkRows(columns);
  const run = chunk * Math.floor(PARTS / bytes);
  for (let first = 0; first < rows; first += run) {
    const pieces = new Pieces(1, Math.min(run, rows - first), chunk, first);
    deal(pieces, columns, 0, parts(pieces), bytes);
    merge(pieces.columns);
  }
  return true;
}

/** What kernels of moments are called with. */
interface MomentsCall extends MatrixCall {
  readonly moments: number;
}

export function addColumnMoments(call: MomentsCall, deal: Deal, job: Dealing): boolean {
  const { moments, columns } = call;
  const bytes = columns * MOMENTS_BYTES;
  return cutChunks(
    call,
    deal,
    bytes,
    (pieces) => ({ moments: pieces.part(job.partsAt, bytes) }),
    (chunks) => job.call('mergeMoments', moments, job.partsAt, chunks * columns, 1, columns),
  );
}

export function addColumnGradientSums(
  call: Call<'addColumnGradientSums'>,
  deal: Deal,
  job: Dealing,
): boolean {
  const { sums, products, columns } = call;
  const bytes = 2 * columns * F64;
  const productsAt = job.partsAt + columns * F64;
  return cutChunks(
    call,
    deal,
    bytes,
    (pieces) => ({
      sums: pieces.part(job.partsAt, bytes),
      products: pieces.part(productsAt, bytes),
    }),
    (chunks) => {
      job.addParts(sums, columns, job.partsAt, chunks, bytes);
      job.addParts(products, columns, productsAt, chunks, bytes);
    },
  );
}

/** A matrix whose rows lie apart. */
interface StridedCall extends MatrixCall {
  readonly stride: number;
}

export function applyColumns(call: StridedCall, deal: Deal, job: Dealing): boolean {
  const { rows, columns, stride } = call;
  return deal(cutWholes(job, rows, columns, ROWS_AT_ONCE), stride, 0);
}

export function combineColumns({ rows, columns, stride }: StridedCall, deal: Deal): boolean {
  return deal(new Pieces(1, rows, chunkRows(columns)), stride, 0);
}

/** Cuts matrices at their samples, or where these are few, at tiles of columns. */
export function normalizeTiles(call: Call<'normalizeTiles'>, deal: Deal, job: Dealing): boolean {
  const { y, x, weight, bias, samples, rows, columns, stride, width } = call;
  const sample = rows * stride * F32;
  const own: Ways = {
    lines: job.own(0),
    rowLines: job.own(1),
    scratch: job.own(2),
    tile: job.own(3),
    moments: job.own(6),
    weight: [weight],
    bias: [bias],
    rows: [rows],
  };
  const pieces = new Pieces(samples, columns, cut(job, samples * columns, rows, width).most);
  if (pieces.columns === 1) {
    const wholes = cut(job, samples, rows * columns);
    const ways = { y: wholes.at(y, sample), x: wholes.at(x, sample), samples: wholes.count() };
    return deal(wholes, 0, 0, { ...own, ...ways });
  }
  const step = pieces.most * F32;
  return deal(pieces, 0, 0, {
    ...own,
    y: [y, sample, step],
    x: [x, sample, step],
    samples: [1],
    columns: pieces.count(),
  });
}

/** Columns of samples. */
interface SamplesCall extends MatrixCall {
  readonly moments?: number;
  readonly weight: number;
  readonly bias?: number;
  readonly samples: number;
  readonly width: number;
  readonly groupSize: number;
  readonly period: number;
}

/** Samples in pieces; or one sample whose columns lie one after the other, in pieces of these. */
interface SamplePieces {
  readonly pieces: Pieces;
  /** The elements of a unit that is not cut. */
  readonly elements: number;
  /** Its columns. */
  readonly unit: number;
  readonly ways: Ways;
}

/** @param pairs whether the kernel writes the sums of two columns at once, which no cut may part */
function cutSamples(call: SamplesCall, job: Dealing, pairs: boolean): SamplePieces {
  const { moments = 0, weight, bias = 0, samples, rows, columns, width, groupSize, period } = call;
  const column = rows * width;
  const isOne = samples === 1 && rows * groupSize === 1;
  const unit = isOne ? 1 : columns;
  // Without weights there is no period.
  const samplesOfPeriod = weight === 0 && bias === 0 ? samples : period / columns;
  const pieces = isOne
    ? cut(job, columns, column, pairs ? 2 : 1)
    : cutPeriods(job, samples, samplesOfPeriod, columns * column);
  const count = pieces.count();
  const ways: Ways = {
    moments: pieces.at(moments, (unit / groupSize) * MOMENTS_BYTES),
    means: job.own(0),
    variances: job.own(1),
    offsets: job.own(1),
    scales: job.own(2),
    rstds: job.own(2),
    combinations: job.own(3),
    rows: [rows],
    ...(isOne ? { columns: count, period: count } : { samples: count }),
  };
  return { pieces, elements: unit * column, unit, ways };
}

export function normalizeColumns(call: SamplesCall, deal: Deal, job: Dealing): boolean {
  const { pieces, elements, unit, ways } = cutSamples(call, job, false);
  return deal(pieces, elements, unit, { ...ways, sums: job.own(3) });
}

export function differentiateColumns(
  call: Call<'differentiateColumns'>,
  deal: Deal,
  job: Dealing,
): boolean {
  const { pieces, elements, unit, ways } = cutSamples(call, job, true);
  const paired = call.groupSize === 1 ? unit : call.groupSize;
  if (paired % 2 === 0 || (unit === 1 && call.samples === 1)) {
    return deal(pieces, elements, unit, ways);
  }
  // The kernel writes one sum more than a sample or a group has columns, if that is odd, so pieces
  // get places of their own.
  const part = (pieces.most * unit + 2) * F64;
  const productsAt = job.partsAt + pieces.rows * pieces.columns * part;
  const [sums, products] = [pieces.part(job.partsAt, part), pieces.part(productsAt, part)];
  deal(pieces, elements, unit, { ...ways, sums, products });
  let from = 0;
  for (const [first, count] of pieces.units()) {
    const [at, length] = [first * unit * F64, count * unit];
    job.numbers(call.sums + at, length).set(job.numbers(job.partsAt + from, length));
    job.numbers(call.products + at, length).set(job.numbers(productsAt + from, length));
    from += part;
  }
  return true;
}
