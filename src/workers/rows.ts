// How the work of kernels of rows is cut: at rows, at channels, or at the chunks of a row, whose
// sums are merged in order by one thread.

import { F32, F64, MOMENTS } from '../memory/sizes.ts';
import { COMBINATION_BYTES, LINE_BYTES, MOMENTS_BYTES, PARTS } from './bytes.ts';
import type { Call, Ways } from './calls.ts';
import type { Deal, Dealing } from './deal.ts';
import { cut, cutPeriods, cutWholes, Pieces } from './pieces.ts';

// Elements of a row that kernels sum together.
const CHUNK = 16384;

// A row is cut where threads have fewer rows each, and no equal number or very long ones.
const FEW_ROWS = 8;
const MANY_CHUNKS = 32;

// Elements of a row whose weights and biases kernels look at together.
const ELEMENTS = 4096;

// Lines and combinations that are made at once for rows that are cut.
const LINES_AT_ONCE = 2048;

// Elements of rows that are cut which stay in the caches from their moments to their lines.
const CACHED = 1048576;

/** Returns how many rows that are cut are taken at once, each of so many channels. */
function rowsAtOnce(groupSize: number, size: number): number {
  return Math.max(1, Math.floor(Math.min(LINES_AT_ONCE / groupSize, CACHED / size)));
}

function areLong({ threads }: Dealing, rows: number, length: number): boolean {
  if (length <= CHUNK || rows >= FEW_ROWS * threads) return false;
  return rows % threads !== 0 || length >= MANY_CHUNKS * CHUNK;
}

/** Rows, each of a channel: those of a sample lie together, and a gap follows. */
interface RowsCall {
  readonly lines?: number;
  readonly combinations?: number;
  readonly weight?: number;
  readonly rows: number;
  readonly length: number;
  readonly period: number;
  readonly gap: number;
}

/**
 * Cuts rows at their channels, or where these are few and long, sample by sample, at their chunks.
 *
 * @param dealSample deals out a sample: given its chunks, whose units are elements
 */
function cutChannels(
  { weight = 0, rows, length, period, gap }: RowsCall,
  deal: Deal,
  job: Dealing,
  dealSample: (chunks: Pieces) => void,
): boolean {
  const channels = Math.min(rows, period);
  const samples = rows / channels;
  const stride = channels * length + gap;
  if (areLong(job, channels, length)) {
    for (let sample = 0; sample < samples; sample++) {
      dealSample(new Pieces(channels, length, CHUNK, sample * stride));
    }
    return true;
  }
  if (channels === 1) return false;
  const pieces = cut(job, channels, samples * length);
  // The weights of combinations are of elements, and the same for all rows.
  return deal(pieces, length, 1, {
    weight: [weight],
    rows: pieces.count(samples),
    period: pieces.count(),
    gap: pieces.count(-length, stride),
  });
}

function dealChunks(
  { lines = 0, combinations = 0, weight = 0 }: RowsCall,
  chunks: Pieces,
  deal: Deal,
  ways: Ways = {},
  cleared = 0,
): void {
  const own: Ways = {
    lines: chunks.byRow(lines, LINE_BYTES),
    combinations: chunks.byRow(combinations, COMBINATION_BYTES),
    weight: chunks.within(weight, F32),
    rows: [1],
    length: chunks.count(),
    period: [1],
    gap: [0],
  };
  deal(chunks, 1, 0, { ...own, ...ways }, cleared);
}

export function addMoments(call: Call<'addMoments'>, deal: Deal, job: Dealing): boolean {
  return cutChannels(call, deal, job, (chunks) => {
    const { rows: channels, columns } = chunks;
    dealChunks(
      call,
      chunks,
      deal,
      { moments: chunks.part(job.partsAt, MOMENTS_BYTES) },
      MOMENTS_BYTES,
    );
    const count = channels * columns;
    job.call('mergeMoments', call.moments, job.partsAt, count, columns, channels);
  });
}

/** Kernels that apply lines, or combinations. */
export function applyRows(call: RowsCall, deal: Deal, job: Dealing): boolean {
  return cutChannels(call, deal, job, (chunks) => dealChunks(call, chunks, deal));
}

/**
 * Adds the sums of chunks. The last chunk of a row adds to its sums more than once, so it is added
 * by one thread.
 */
export function addGradientSums(call: Call<'addGradientSums'>, deal: Deal, job: Dealing): boolean {
  const { length } = call;
  return cutChannels(call, deal, job, ({ rows: channels, columns, first }) => {
    const full = columns - 1;
    const [row, chunk, own] = [length * F32, CHUNK * F32, 2 * F64];
    const [g, x] = [call.g + first * F32, call.x + first * F32];
    const chunks = new Pieces(channels, full, 1);
    const ways: Ways = {
      sums: chunks.part(job.partsAt, own),
      products: chunks.part(job.partsAt + F64, own),
      g: [g, row, chunk],
      x: [x, row, chunk],
      length: [CHUNK],
    };
    dealChunks(call, chunks, deal, ways, own);
    for (let channel = 0; channel < channels; channel++) {
      const [sum, product] = [call.sums + channel * F64, call.products + channel * F64];
      const part = job.partsAt + channel * full * own;
      job.addParts(sum, 1, part, full, own);
      job.addParts(product, 1, part + F64, full, own);
      const [line, from] = [call.lines + channel * LINE_BYTES, channel * row + full * chunk];
      const rest = length - full * CHUNK;
      job.call('addGradientSums', sum, product, g + from, x + from, line, 1, rest, 1, 0);
    }
  });
}

/** Finds the moments of rows that are cut into chunks. */
function findMoments(job: Dealing, moments: number, x: number, rows: number, length: number): void {
  job.numbers(moments, rows * MOMENTS).fill(0);
  job.call('addMoments', moments, x, rows, length, rows, 0);
}

export function normalizeRows(call: Call<'normalizeRows'>, deal: Deal, job: Dealing): boolean {
  const { y, moments, lines, x, weight, bias, rows, groupSize, length, period } = call;
  const size = groupSize * length;
  if (areLong(job, rows, size)) {
    const { eps, centred } = call;
    // Rows of elements are taken one by one where each has weights of its own.
    const step = length > 1 || period === size ? rowsAtOnce(length > 1 ? groupSize : 1, size) : 1;
    for (let row = 0; row < rows; row += step) {
      const taken = Math.min(step, rows - row);
      const count = taken * groupSize;
      const own = moments + row * MOMENTS_BYTES;
      const at = row * size * F32;
      findMoments(job, own, x + at, taken, size);
      const first = (row * groupSize) % period;
      if (length === 1) {
        job.call('makeLines', lines, own, 0, 0, taken, 1, 0, taken, 1, eps, centred);
        const [w, b] = [weight && weight + first * F32, bias && bias + first * F32];
        job.call('applyElements', y + at, x + at, lines, w, b, taken, size);
      } else {
        const made = [count, groupSize, first, period, 1, eps, centred] as const;
        job.call('makeLines', lines, own, weight, bias, ...made);
        job.call('applyRows', y + at, x + at, lines, count, length, count, 0);
      }
    }
    return true;
  }
  const rowsOfPeriod = period / groupSize;
  // Of elements of short rows it is asked together whether float32 holds the biases.
  const pieces =
    length === 1 && groupSize <= ELEMENTS
      ? cutWholes(job, rows, size, rowsOfPeriod)
      : cutPeriods(job, rows, rowsOfPeriod, size);
  return deal(pieces, size, groupSize, { lines: job.own(0) });
}

export function differentiateRows(
  call: Call<'differentiateRows'>,
  deal: Deal,
  job: Dealing,
): boolean {
  const { dx, sums, products, moments, lines, combinations, g, x, weight } = call;
  const { rows, groupSize, length, period, eps } = call;
  const size = groupSize * length;
  // Groups are differentiated in a tile, which holds no long ones.
  if (groupSize === 1 && areLong(job, rows, size)) {
    const step = rowsAtOnce(1, length);
    for (let row = 0; row < rows; row += step) {
      const taken = Math.min(step, rows - row);
      const [sum, product] = [sums + row * F64, products + row * F64];
      const at = row * length * F32;
      findMoments(job, moments, x + at, taken, length);
      job.call('makeLines', lines, moments, 0, 0, taken, 1, 0, taken, 1, eps, 1);
      job.numbers(sum, taken).fill(0);
      job.numbers(product, taken).fill(0);
      const rest = [taken, length, taken, 0] as const;
      job.call('addGradientSums', sum, product, g + at, x + at, lines, ...rest);
      const made = [combinations, moments, lines, sum, product, weight] as const;
      job.call('makeCombinations', ...made, taken, 1, row % period, period, 1);
      job.call('combineRows', dx + at, g + at, x + at, lines, combinations, 0, ...rest);
    }
    return true;
  }
  const pieces = cutPeriods(job, rows, period / groupSize, size);
  return deal(pieces, size, groupSize, {
    moments: job.own(0),
    lines: job.own(1),
    combinations: job.own(2),
  });
}

export function applyElements(call: Call<'applyElements'>, deal: Deal, job: Dealing): boolean {
  const { lines, weight, bias, rows, columns } = call;
  if (areLong(job, rows, columns)) {
    const pieces = new Pieces(rows, columns, cut(job, rows * columns, 1, ELEMENTS).most);
    return deal(pieces, 1, 1, {
      lines: pieces.byRow(lines, LINE_BYTES),
      weight: pieces.within(weight, F32),
      bias: pieces.within(bias, F32),
      rows: [1],
      columns: pieces.count(),
    });
  }
  const pieces = cut(job, rows, columns);
  // Weights are of elements, and the same for all rows.
  return deal(pieces, columns, 1, { weight: [weight], bias: [bias] });
}

// Rows whose elements kernels hold together, and columns that they take together.
const HELD_ROWS = 8;
const VECTORS = 16;

/**
 * Adds the sums over rows and over elements: the first at rows, which hold what they add to the
 * second; and that at columns, each of which is added up in the order of its rows.
 */
export function addElementGradientSums(
  call: Call<'addElementGradientSums'>,
  deal: Deal,
  job: Dealing,
): boolean {
  const { rowSums, rowProducts, sums, products, g, x, weight, lines, rows, columns } = call;
  const bytes = Math.max(1, Math.floor(columns / VECTORS)) * VECTORS * 2 * F32;
  const most = Math.floor(PARTS / bytes) * HELD_ROWS;
  const groups = Math.ceil(cut(job, rows, columns).most / HELD_ROWS);
  for (let first = 0; first < rows; first += most) {
    const taken = Math.min(most, rows - first);
    const pieces = new Pieces(1, taken, groups * HELD_ROWS, first);
    deal(pieces, columns, 1, {
      rowSums: pieces.at(rowSums, F64),
      rowProducts: pieces.at(rowProducts, F64),
      sums: [0],
      weight: [weight],
      scratch: pieces.part(job.partsAt, groups * bytes),
    });
    const at = first * columns * F32;
    job.call(
      'addHeldGradientSums',
      sums,
      products,
      g + at,
      x + at,
      weight,
      lines + first * LINE_BYTES,
      job.partsAt,
      taken,
      columns,
      columns,
    );
  }
  return true;
}

// Bytes of the sums of a piece of a row.
const PAIR = 2 * F64;

/** Finds the sums of pieces of long rows: of some rows, or where these are few, of some pieces. */
export function findPieceSums(
  { parts, weight, lines, rows, length }: Call<'findPieceSums'>,
  deal: Deal,
  job: Dealing,
): boolean {
  const row = Math.ceil(length / ELEMENTS) * PAIR;
  if (rows >= FEW_ROWS * job.threads) {
    const pieces = cut(job, rows, length);
    return deal(pieces, length, 1, { parts: pieces.at(parts, row), weight: [weight] });
  }
  const pieces = new Pieces(rows, length, cut(job, rows * length, 1, ELEMENTS).most);
  return deal(pieces, 1, 1, {
    parts: [parts, row, (pieces.most / ELEMENTS) * PAIR],
    weight: pieces.within(weight, F32),
    lines: pieces.byRow(lines, LINE_BYTES),
    rows: [1],
    length: pieces.count(),
  });
}

/** Adds the sums over rows at columns, each of which is added up in the order of its rows. */
export function addElementSums(
  { g, x, weight, sums, products, lines, rows, first, columns }: Call<'addElementSums'>,
  deal: Deal,
  job: Dealing,
): boolean {
  const pieces = cut(job, columns, rows, VECTORS);
  return deal(pieces, 0, 0, {
    sums: [sums],
    products: [products],
    g: [g],
    x: [x],
    weight: [weight],
    lines: [lines],
    rows: [rows],
    first: [first, 0, pieces.most],
    columns: pieces.count(),
  });
}

export function addHeldGradientSums(
  { g, x, weight, lines, held, rows, columns }: Call<'addHeldGradientSums'>,
  deal: Deal,
  job: Dealing,
): boolean {
  const pieces = cut(job, columns, Math.ceil(rows / HELD_ROWS), VECTORS);
  if (pieces.columns === 1) return false;
  return deal(pieces, 1, 1, {
    g: pieces.at(g, F32),
    x: pieces.at(x, F32),
    weight: [weight],
    lines: [lines],
    held: pieces.at(held, 2 * F32),
    rows: [rows],
    columns: pieces.count(),
  });
}

/** Kernels of vectors, which take each row by itself. */
export function cutVectors(
  { rows, length }: Pick<RowsCall, 'rows' | 'length'>,
  deal: Deal,
  job: Dealing,
): boolean {
  return deal(cut(job, rows, length), length, 1);
}
