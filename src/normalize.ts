import { type Block, MAX_CHANNELS, type Memory, memoryFor, STATE } from './memory.ts';
import { RowView } from './row-view.ts';
import { capacityFor, forEachBatch, type Rows } from './rows.ts';
import type { Scope } from './scope.ts';

/** What a normalization does beside subtracting a mean and dividing by a root. */
export interface Affine {
  /** Multiplies the normalized values, channel by channel; null: 1. */
  readonly weight: Float32Array | null;
  /** Is added then; null: 0. */
  readonly bias: Float32Array | null;
  /** Added to the variance, under the square root. */
  readonly eps: number;
  /** Whether moments are about the mean, or about 0 as in RMSNorm. */
  readonly centred: boolean;
}

/** Is shown the states of consecutive rows or channels before others overwrite them. */
export type StatesVisitor = (states: Float64Array, first: number, count: number) => void;

/** Normalizes each row by its own moments; a row that fits the cache is read from memory once. */
export function normalizeRows(
  output: Float32Array,
  input: Float32Array,
  rows: Rows,
  affine: Affine,
  visit?: StatesVisitor,
): void {
  const { count, share, length } = rows;
  if (share * length === 0) return;
  const memory = memoryFor(0, output, input);
  const { kernels, states, statesAt, linesAt } = memory;
  const { weight, bias, eps, centred } = affine;
  const capacity = capacityFor(rows, memory.holds(output) && memory.holds(input));
  if (capacity === 0) {
    for (let row = 0; row < count; row++) {
      normalizeLongRow(memory, output, input, rows, row, affine);
      visit?.(states, row, 1);
    }
    return;
  }
  forEachBatch(rows, capacity, ({ tile, first, rows: batch, channel, channels }) => {
    const w = memory.loadWeight(weight, channel, channels);
    const b = memory.loadBias(bias, channel, channels);
    const x = memory.load(input, tile);
    const y = memory.target(output, tile);
    kernels.normalizeRows(
      y,
      statesAt,
      linesAt,
      x,
      w,
      b,
      batch,
      share,
      length,
      channels,
      eps,
      centred,
    );
    memory.store(output, tile);
    visit?.(states, first, batch);
  });
}

/** Normalizes a row whose elements don't fit the tile, or whose weights don't fit the scratch. */
function normalizeLongRow(
  memory: Memory,
  output: Float32Array,
  input: Float32Array,
  { share, length, period }: Rows,
  row: number,
  { weight, bias, eps, centred }: Affine,
): void {
  const { kernels, states, statesAt, linesAt } = memory;
  const size = share * length;
  const start = row * size;
  states.fill(0, 0, STATE);
  new RowView(start, 1, 0, 1, size, size).addMoments(memory, input);
  for (let done = 0; done < share; done += MAX_CHANNELS) {
    const count = Math.min(MAX_CHANNELS, share - done);
    const at = start + done * length;
    const w = memory.loadWeight(weight, (row * share + done) % period, count);
    const b = memory.loadBias(bias, (row * share + done) % period, count);
    if (length === 1) {
      const tile: Block = { start: at, rows: 1, length: count, stride: count };
      const x = memory.load(input, tile);
      kernels.makeLines(linesAt, statesAt, 0, 0, 1, 1, 0, 1, eps, centred);
      kernels.applyElements(memory.target(output, tile), x, linesAt, w, b, 1, count);
      memory.store(output, tile);
    } else {
      kernels.makeLines(linesAt, statesAt, w, b, count, count, 0, count, eps, centred);
      new RowView(at, 1, 0, count, length, length).apply(memory, output, input);
    }
  }
}

/** Fills the states of a scope with the moments of its channels; `wide`: in float64 throughout. */
export function findMoments(memory: Memory, input: Float32Array, scope: Scope, wide = false): void {
  memory.states.fill(0, 0, scope.channels * STATE);
  for (const view of scope.views) view.addMoments(memory, input, wide);
}

/** Merges the states of each `share` consecutive channels of a scope into one. */
export function mergeGroups(memory: Memory, { channels }: Scope, share: number): void {
  if (share === 1) return;
  const { kernels, states, parts, statesAt, partsAt } = memory;
  const groups = channels / share;
  parts.set(states.subarray(0, channels * STATE));
  states.fill(0, 0, groups * STATE);
  kernels.mergeStates(statesAt, partsAt, channels, share, groups);
}

/** Sets the states of a scope to given means and variances, which repeat. */
export function setStates(
  memory: Memory,
  { first, channels }: Scope,
  mean: ArrayLike<number>,
  variance: ArrayLike<number>,
): void {
  const { states } = memory;
  for (let i = 0; i < channels; i++) {
    const from = (first + i) % mean.length;
    states[i * STATE] = 1;
    states[i * STATE + 1] = mean[from] as number;
    states[i * STATE + 2] = variance[from] as number;
    states[i * STATE + 3] = 0;
  }
}

/** Makes the lines of a scope from its states, each of which serves `share` channels. */
export function makeLines(
  memory: Memory,
  { first, channels }: Scope,
  share: number,
  { weight, bias, eps, centred }: Affine,
): void {
  const period = weight?.length ?? bias?.length ?? channels;
  const count = Math.min(period, channels);
  memory.kernels.makeLines(
    memory.linesAt,
    memory.statesAt,
    memory.loadWeight(weight, first % period, count),
    memory.loadBias(bias, first % period, count),
    channels,
    share,
    0,
    count,
    eps,
    centred,
  );
}

/** Sends a scope along its lines. */
export function applyLines(
  memory: Memory,
  output: Float32Array,
  input: Float32Array,
  scope: Scope,
): void {
  for (const view of scope.views) view.apply(memory, output, input);
}
