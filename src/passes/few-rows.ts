import type { Strips } from '../memory/memory.ts';
import { isRowwise } from '../tensor/channels.ts';
import {
  BatchStrips,
  type ColumnStrip,
  isShortRow,
  isSmallBatch,
  isSmallSample,
  SampleStrips,
} from '../views/column-strips.ts';
import type { Scope } from '../views/scopes.ts';
import type { ChannelWork } from './channel-arguments.ts';

// A group of so many channels of one element takes as long as columns as alone, 15 ns for each.
const MAX_ELEMENTS = 256;

/** Columns of few rows, which a kernel sees from moments to results. */
export interface FewRows {
  readonly rows: number;
  /** How many elements a column has in each row. */
  readonly width: number;
  /** How many consecutive columns have a mean and variance in common. */
  readonly groupSize: number;
  readonly strips: Strips<ColumnStrip>;
}

/**
 * The columns of a tensor that is normalized by its own statistics, where they have few rows;
 * else null.
 *
 * @param backward whether gradients are to be found
 */
export function fewRowsOf(args: ChannelWork, backward: boolean): FewRows | null {
  const { samples, spatial, lengths } = args.tensor;
  if (lengths !== null) return null;
  return isOfSamples(args) ? samplesOf(args, 0, samples, spatial, backward) : batchOf(args);
}

/** Says whether each sample has statistics of its own, as that of a batch of one has. */
export function isOfSamples({ sharing, tensor }: ChannelWork): boolean {
  return sharing === 'sample' || (tensor.samples === 1 && isRowwise(tensor));
}

/** The columns of a scope of one sample with a length, where they have few rows; else null. */
export function fewRowsOfScope(
  args: ChannelWork,
  { first }: Scope,
  backward: boolean,
): FewRows | null {
  const { sharing, tensor, affine } = args;
  const { channels, lengths } = tensor;
  if (lengths === null || sharing === 'batch' || affine.deviation !== null) return null;
  const sample = Math.floor(first / channels);
  return samplesOf(args, sample, 1, lengths[sample] as number, backward);
}

function batchOf({ tensor }: ChannelWork): FewRows | null {
  const { samples, channels, spatial, layout } = tensor;
  if (channels === 1) return null;
  const [rows, width] = layout === 'nhwc' ? [samples * spatial, 1] : [samples, spatial];
  if (!isSmallBatch(rows, width)) return null;
  const strips = new BatchStrips(rows, channels, width);
  return { rows, width, groupSize: 1, strips };
}

function samplesOf(
  { tensor, affine, groupSize }: ChannelWork,
  first: number,
  count: number,
  length: number,
  backward: boolean,
): FewRows | null {
  const { channels, spatial } = tensor;
  const start = first * channels * spatial;
  const period = affine.weight?.length ?? affine.bias?.length ?? 0;
  if (isRowwise(tensor) && spatial > 1) {
    if (groupSize > 1 || !isShortRow(length, backward)) return null;
    const [firstRow, rows] = [first * channels, count * channels];
    const strips = new SampleStrips({
      start,
      first: firstRow,
      count: rows,
      columns: 1,
      length,
      stride: spatial,
      period,
    });
    return { rows: 1, width: length, groupSize, strips };
  }
  if (spatial === 1 && !backward) return null;
  // Groups of one-element channels lie side by side, whatever sample they are of.
  const columns = spatial === 1 ? groupSize : channels;
  if (!isSmallSample(length, columns) || (spatial === 1 && columns > MAX_ELEMENTS)) return null;
  const stride = length * columns;
  const samples = (count * channels) / columns;
  const strips = new SampleStrips({
    start,
    first,
    count: samples,
    columns,
    length,
    stride,
    period,
  });
  return { rows: length, width: 1, groupSize, strips };
}
