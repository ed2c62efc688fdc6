import { MAX_ROWS, type Memory, memoryFor, STATE, TILE } from './memory.ts';
import type { Rows } from './shape.ts';

/** What normalized values are multiplied by and shifted by, channel by channel. */
export interface Affine {
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
  /** Added to the variance, under the square root. */
  readonly eps: number;
}

/** Consecutive rows that a kernel works on in one call. */
export interface Batch {
  /** The first row, counted over all samples and channels. */
  readonly first: number;
  readonly count: number;
  /** The channel of the first row. */
  readonly channel: number;
  /** After so many rows the channels begin again. */
  readonly period: number;
}

/** Is shown the states of a batch before the next one overwrites them. */
export type StatesVisitor = (states: Float64Array, batch: Batch) => void;

/** Normalizes each row by its own moments. */
export function normalizeRows(
  output: Float32Array,
  input: Float32Array,
  rows: Rows,
  affine: Affine,
  visit?: StatesVisitor,
): void {
  const memory = memoryFor(output, input);
  const { kernels, statesAt, linesAt } = memory;
  const { length } = rows;
  const inPlace = memory.holds(output) && memory.holds(input);
  forEachBatch(rows, inPlace ? MAX_ROWS : rowsPerTile(length), (batch) => {
    const { first, count, channel, period } = batch;
    const weight = memory.loadWeight(affine.weight, channel, period);
    const bias = memory.loadBias(affine.bias, channel, period);
    if (inPlace || count * length <= TILE) {
      const start = first * length;
      const x = memory.load(input, start, count * length);
      const y = memory.target(output, start);
      kernels.normalizeRows(
        y,
        statesAt,
        linesAt,
        x,
        weight,
        bias,
        count,
        length,
        period,
        affine.eps,
      );
      memory.store(output, start, count * length);
    } else {
      findMoments(memory, input, batch, length);
      kernels.makeLines(linesAt, statesAt, weight, bias, count, period, affine.eps);
      applyLines(memory, output, input, batch, length);
    }
    visit?.(memory.states, batch);
  });
}

/** Finds the moments of each row. */
export function visitMoments(input: Float32Array, rows: Rows, visit: StatesVisitor): void {
  const memory = memoryFor(null, input);
  forEachBatch(rows, rowsPerTile(rows.length), (batch) => {
    findMoments(memory, input, batch, rows.length);
    visit(memory.states, batch);
  });
}

/** Applies to each row the line that `makeLines` leaves in the memory for it. */
export function transformRows(
  output: Float32Array,
  input: Float32Array,
  rows: Rows,
  makeLines: (memory: Memory, batch: Batch) => void,
): void {
  const memory = memoryFor(output, input);
  forEachBatch(rows, rowsPerTile(rows.length), (batch) => {
    makeLines(memory, batch);
    applyLines(memory, output, input, batch, rows.length);
  });
}

/** Fills the states of a batch with the moments of its rows. */
export function findMoments(
  memory: Memory,
  input: Float32Array,
  { first, count }: Batch,
  length: number,
): void {
  memory.states.fill(0, 0, count * STATE);
  forEachPiece(first * length, count, length, (start, rows, pieceLength) => {
    const x = memory.load(input, start, rows * pieceLength);
    memory.kernels.addMoments(memory.statesAt, x, rows, pieceLength);
  });
}

function applyLines(
  memory: Memory,
  output: Float32Array,
  input: Float32Array,
  { first, count, period }: Batch,
  length: number,
): void {
  forEachPiece(first * length, count, length, (start, rows, pieceLength) => {
    const x = memory.load(input, start, rows * pieceLength);
    const y = memory.target(output, start);
    memory.kernels.applyRows(y, x, memory.linesAt, rows, pieceLength, period);
    memory.store(output, start, rows * pieceLength);
  });
}

/**
 * Calls `work` with batches of rows: as many whole samples as fit, or where not
 * even one does, as many channels of one.
 */
function forEachBatch(
  { samples, channels, length }: Rows,
  capacity: number,
  work: (batch: Batch) => void,
): void {
  const total = samples * channels;
  if (length === 0) return;
  if (capacity >= channels) {
    const step = capacity - (capacity % channels);
    for (let first = 0; first < total; first += step) {
      work({ first, count: Math.min(step, total - first), channel: 0, period: channels });
    }
    return;
  }
  for (let sample = 0; sample < total; sample += channels) {
    for (let channel = 0; channel < channels; channel += capacity) {
      const count = Math.min(capacity, channels - channel);
      work({ first: sample + channel, count, channel, period: count });
    }
  }
}

/** Calls `work` once for rows that fit the tile together, or for each piece of a row that does not. */
function forEachPiece(
  start: number,
  rows: number,
  length: number,
  work: (start: number, rows: number, length: number) => void,
): void {
  if (rows * length <= TILE) {
    work(start, rows, length);
    return;
  }
  for (let done = 0; done < length; done += TILE) {
    work(start + done, 1, Math.min(TILE, length - done));
  }
}

function rowsPerTile(length: number): number {
  return Math.min(MAX_ROWS, Math.max(1, Math.floor(TILE / length)));
}
