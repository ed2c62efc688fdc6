// How the work of kernels of rows is cut: at rows, at channels, or at the chunks of a row, whose
// sums are merged in order by one thread.

import { F32, F64, MOMENTS } from '../memory/sizes.ts';
import { COMBINATION_BYTES, LINE_BYTES, MOMENTS_BYTES } from './bytes.ts';
import type { Parameter } from './crew.ts';
import type { Job } from './job.ts';
import { cut, cutPeriods, cutWholes, Pieces } from './pieces.ts';

// Elements of a row that kernels sum together.
const CHUNK = 16384;

// A row is cut where threads have fewer rows each, and no equal number or very long ones.
const FEW_ROWS = 8;
const MANY_CHUNKS = 32;

// Lines and combinations that are made at once for rows that are cut.
const LINES_AT_ONCE = 2048;

function areLong({ threads }: Job, rows: number, length: number): boolean {
  if (length <= CHUNK || rows >= FEW_ROWS * threads) return false;
  return rows % threads !== 0 || length >= MANY_CHUNKS * CHUNK;
}

/** Cuts rows into chunks. */
function chunksOf(rows: number, length: number): Pieces {
  return new Pieces(rows, length, CHUNK);
}

/** Rows, each of a channel: those of a sample lie together, and a gap follows. */
interface Channels {
  readonly samples: number;
  readonly channels: number;
  readonly length: number;
  /** Elements from a sample to the next. */
  readonly stride: number;
}

function channelsOf(rows: number, length: number, period: number, gap: number): Channels {
  const channels = Math.min(rows, period);
  return { samples: rows / channels, channels, length, stride: channels * length + gap };
}

type Counts = readonly [rows: Parameter, length: number, period: Parameter, gap: Parameter];

/** Returns rows, length, period and gap of a piece of some channels of all samples. */
function countsOf(pieces: Pieces, { samples, length, stride }: Channels): Counts {
  return [pieces.count(samples), length, pieces.count(), pieces.count(-length, stride)];
}

/**
 * Cuts rows at their channels, or where these are few and long, sample by sample, at their chunks.
 *
 * @param chunked is given the first element of a sample
 */
function cutChannels(
  job: Job,
  all: Channels,
  whole: (pieces: Pieces) => void,
  chunked: (element: number) => void,
): boolean {
  const { samples, channels, length, stride } = all;
  if (!job.isWorth(samples * channels * length)) return false;
  if (areLong(job, channels, length)) {
    for (let sample = 0; sample < samples; sample++) chunked(sample * stride);
    return true;
  }
  if (channels === 1) return false;
  whole(cut(job, channels, samples * length));
  return true;
}

type AddMoments = (
  job: Job,
  moments: number,
  x: number,
  rows: number,
  length: number,
  period: number,
  gap: number,
) => boolean;

function addMomentsBy(name: 'addMoments' | 'addMomentsF64'): AddMoments {
  return (job, moments, x, rows, length, period, gap) => {
    const all = channelsOf(rows, length, period, gap);
    return cutChannels(
      job,
      all,
      (pieces) => {
        const [own, from] = [pieces.at(moments, MOMENTS_BYTES), pieces.at(x, length * F32)];
        job.round(name, pieces, [own, from, ...countsOf(pieces, all)], { repeatable: false });
      },
      (element) => {
        const pieces = chunksOf(all.channels, length);
        job.round(
          name,
          pieces,
          [
            pieces.part(job.partsAt, MOMENTS_BYTES),
            pieces.at(x + element * F32, F32),
            1,
            pieces.count(),
            1,
            0,
          ],
          { cleared: MOMENTS_BYTES },
        );
        const { columns } = pieces;
        job.alone(
          'mergeMoments',
          moments,
          job.partsAt,
          all.channels * columns,
          columns,
          all.channels,
        );
      },
    );
  };
}

/** As the kernels of the same names. */
export const addMoments: AddMoments = /* @__PURE__ */ addMomentsBy('addMoments');
export const addMomentsF64: AddMoments = /* @__PURE__ */ addMomentsBy('addMomentsF64');

export function applyRows(
  job: Job,
  y: number,
  x: number,
  lines: number,
  rows: number,
  length: number,
  period: number,
  gap: number,
): boolean {
  const all = channelsOf(rows, length, period, gap);
  const options = { repeatable: y !== x };
  return cutChannels(
    job,
    all,
    (pieces) => {
      const row = length * F32;
      const [to, from] = [pieces.at(y, row), pieces.at(x, row)];
      const line = pieces.at(lines, LINE_BYTES);
      job.round('applyRows', pieces, [to, from, line, ...countsOf(pieces, all)], options);
    },
    (element) => {
      const pieces = chunksOf(all.channels, length);
      const own = [pieces.at(y + element * F32, F32), pieces.at(x + element * F32, F32)] as const;
      const line: Parameter = [lines, LINE_BYTES];
      job.round('applyRows', pieces, [...own, line, 1, pieces.count(), 1, 0], options);
    },
  );
}

export function addGradientSums(
  job: Job,
  sums: number,
  products: number,
  g: number,
  x: number,
  lines: number,
  rows: number,
  length: number,
  period: number,
  gap: number,
): boolean {
  const all = channelsOf(rows, length, period, gap);
  return cutChannels(
    job,
    all,
    (pieces) => {
      const row = length * F32;
      job.round(
        'addGradientSums',
        pieces,
        [
          pieces.at(sums, F64),
          pieces.at(products, F64),
          pieces.at(g, row),
          pieces.at(x, row),
          pieces.at(lines, LINE_BYTES),
          ...countsOf(pieces, all),
        ],
        { repeatable: false },
      );
    },
    (element) =>
      addChunkSums(job, sums, products, g + element * F32, x + element * F32, lines, all),
  );
}

/**
 * Adds the sums of a sample's chunks. The last chunk of a row adds to its sums more than once, so
 * it is added by one thread.
 */
function addChunkSums(
  job: Job,
  sums: number,
  products: number,
  g: number,
  x: number,
  lines: number,
  { channels, length }: Channels,
): void {
  const full = Math.ceil(length / CHUNK) - 1;
  const done = full * CHUNK;
  const [row, chunk] = [length * F32, CHUNK * F32];
  const at = (address: number): Parameter => [address, row, chunk];
  const part = (address: number): Parameter => [address, 2 * F64 * full, 2 * F64];
  const own = [
    part(job.partsAt),
    part(job.partsAt + F64),
    at(g),
    at(x),
    [lines, LINE_BYTES],
  ] as const;
  const pieces = { rows: channels, columns: full };
  job.round('addGradientSums', pieces, [...own, 1, CHUNK, 1, 0], { cleared: 2 * F64 });
  const parts = job.numbers(job.partsAt, 2 * channels * full);
  for (let channel = 0; channel < channels; channel++) {
    const [sum, product] = [sums + channel * F64, products + channel * F64];
    addParts(job.numbers(sum, 1), parts, 2 * channel * full, full);
    addParts(job.numbers(product, 1), parts, 2 * channel * full + 1, full);
    const from = channel * row + done * F32;
    const line = lines + channel * LINE_BYTES;
    job.alone('addGradientSums', sum, product, g + from, x + from, line, 1, length - done, 1, 0);
  }
}

/** Adds every other of parts to a sum, in order. */
function addParts(sum: Float64Array, parts: Float64Array, first: number, count: number): void {
  for (let i = 0; i < count; i++) (sum[0] as number) += parts[first + 2 * i] as number;
}

export function combineRows(
  job: Job,
  dx: number,
  g: number,
  x: number,
  lines: number,
  combinations: number,
  weight: number,
  rows: number,
  length: number,
  period: number,
  gap: number,
): boolean {
  const all = channelsOf(rows, length, period, gap);
  const options = { repeatable: dx !== g && dx !== x };
  return cutChannels(
    job,
    all,
    (pieces) => {
      const row = length * F32;
      job.round(
        'combineRows',
        pieces,
        [
          pieces.at(dx, row),
          pieces.at(g, row),
          pieces.at(x, row),
          pieces.at(lines, LINE_BYTES),
          pieces.at(combinations, COMBINATION_BYTES),
          weight,
          ...countsOf(pieces, all),
        ],
        options,
      );
    },
    (element) => {
      const pieces = chunksOf(all.channels, length);
      const start = element * F32;
      job.round(
        'combineRows',
        pieces,
        [
          pieces.at(dx + start, F32),
          pieces.at(g + start, F32),
          pieces.at(x + start, F32),
          [lines, LINE_BYTES],
          [combinations, COMBINATION_BYTES],
          pieces.within(weight, F32),
          1,
          pieces.count(),
          1,
          0,
        ],
        options,
      );
    },
  );
}

export function normalizeRows(
  job: Job,
  y: number,
  moments: number,
  lines: number,
  x: number,
  weight: number,
  bias: number,
  rows: number,
  groupSize: number,
  length: number,
  period: number,
  eps: number,
  centred: number,
): boolean {
  const size = groupSize * length;
  if (!job.isWorth(rows * size)) return false;
  if (length > 1 && areLong(job, rows, size)) {
    findRowMoments(job, moments, x, rows, size);
    const step = Math.max(1, Math.floor(LINES_AT_ONCE / groupSize));
    for (let row = 0; row < rows; row += step) {
      const channels = Math.min(step, rows - row) * groupSize;
      const own = moments + row * MOMENTS_BYTES;
      const first = (row * groupSize) % period;
      job.alone(
        'makeLines',
        lines,
        own,
        weight,
        bias,
        channels,
        groupSize,
        first,
        period,
        1,
        eps,
        centred,
      );
      const at = row * size * F32;
      const counts = [channels, length, channels, 0] as const;
      if (!applyRows(job, y + at, x + at, lines, ...counts)) {
        job.alone('applyRows', y + at, x + at, lines, ...counts);
      }
    }
    return true;
  }
  const rowsOfPeriod = period / groupSize;
  // Whether float32 holds the biases of elements is asked of all that a call is given.
  const pieces =
    length === 1
      ? cutWholes(job, rows, size, rowsOfPeriod)
      : cutPeriods(job, rows, rowsOfPeriod, size);
  job.round(
    'normalizeRows',
    pieces,
    [
      pieces.at(y, size * F32),
      pieces.at(moments, MOMENTS_BYTES),
      job.own(0),
      pieces.at(x, size * F32),
      pieces.within(weight, groupSize * F32),
      pieces.within(bias, groupSize * F32),
      pieces.count(),
      groupSize,
      length,
      period,
      eps,
      centred,
    ],
    { repeatable: y !== x },
  );
  return true;
}

/** Finds the moments of rows that are cut into chunks. */
function findRowMoments(job: Job, moments: number, x: number, rows: number, length: number): void {
  job.numbers(moments, rows * MOMENTS).fill(0);
  if (!addMoments(job, moments, x, rows, length, rows, 0)) {
    job.alone('addMoments', moments, x, rows, length, rows, 0);
  }
}

export function differentiateRows(
  job: Job,
  dx: number,
  sums: number,
  products: number,
  moments: number,
  lines: number,
  combinations: number,
  g: number,
  x: number,
  weight: number,
  rows: number,
  groupSize: number,
  length: number,
  period: number,
  eps: number,
): boolean {
  const size = groupSize * length;
  if (!job.isWorth(rows * size)) return false;
  // Groups are differentiated in a tile, which holds no long ones.
  if (groupSize === 1 && areLong(job, rows, size)) {
    findRowMoments(job, moments, x, rows, length);
    job.alone('makeLines', lines, moments, 0, 0, rows, 1, 0, rows, 1, eps, 1);
    job.numbers(sums, rows).fill(0);
    job.numbers(products, rows).fill(0);
    addGradientSums(job, sums, products, g, x, lines, rows, length, rows, 0);
    job.alone(
      'makeCombinations',
      combinations,
      moments,
      lines,
      sums,
      products,
      weight,
      rows,
      1,
      0,
      period,
      1,
    );
    combineRows(job, dx, g, x, lines, combinations, 0, rows, length, rows, 0);
    return true;
  }
  const pieces = cutPeriods(job, rows, period / groupSize, size);
  job.round(
    'differentiateRows',
    pieces,
    [
      pieces.at(dx, size * F32),
      pieces.at(sums, groupSize * F64),
      pieces.at(products, groupSize * F64),
      job.own(0),
      job.own(1),
      job.own(2),
      pieces.at(g, size * F32),
      pieces.at(x, size * F32),
      pieces.within(weight, groupSize * F32),
      pieces.count(),
      groupSize,
      length,
      period,
      eps,
    ],
    { repeatable: dx !== g && dx !== x },
  );
  return true;
}

export function applyElements(
  job: Job,
  y: number,
  x: number,
  lines: number,
  weight: number,
  bias: number,
  rows: number,
  columns: number,
): boolean {
  if (!job.isWorth(rows * columns)) return false;
  const pieces = cut(job, rows, columns);
  const own = [pieces.at(y, columns * F32), pieces.at(x, columns * F32)] as const;
  const line = pieces.at(lines, LINE_BYTES);
  const parameters = [...own, line, weight, bias, pieces.count(), columns] as const;
  job.round('applyElements', pieces, parameters, { repeatable: y !== x });
  return true;
}
