import { type Memory, memoryFor } from '../memory/memory.ts';
import { MAX_CHANNELS, STATE } from '../memory/sizes.ts';
import type { Block } from '../memory/tile.ts';
import type { StatesVisitor } from '../statistics/moments.ts';
import { RowView } from '../views/row-view.ts';
import { capacityFor, forEachBatch, type Rows } from '../views/strips.ts';
import type { Affine } from './lines.ts';

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
