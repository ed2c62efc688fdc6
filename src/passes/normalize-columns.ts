import type { Elements } from '../memory/elements.ts';
import type { Memory, Plan, Strips } from '../memory/memory.ts';
import { part } from '../memory/tile.ts';
import type { RunningAverage } from '../statistics/running-average.ts';
import { isRowwise } from '../tensor/channels.ts';
import {
  BatchStrips,
  type ColumnStrip,
  isSmallBatch,
  isSmallSample,
  SampleStrips,
} from '../views/column-strips.ts';
import type { Scope } from '../views/scopes.ts';
import type { ChannelArguments } from './channel-arguments.ts';
import type { Affine } from './lines.ts';

/** Columns of few rows that are normalized by their own moments. */
export interface FewRows {
  readonly rows: number;
  /** How many consecutive columns have a mean and variance in common. */
  readonly groupSize: number;
  /** How many consecutive columns have a weight and bias in common. */
  readonly width: number;
  readonly strips: Strips<ColumnStrip>;
  /** The first element in the arrays, and how many there are. */
  readonly start: number;
  readonly count: number;
}

/**
 * The columns of a tensor, where they have few rows; else null.
 *
 * @param ofOne whether channels of one element are seen as columns, and not as rows
 */
export function fewRowsOf(args: ChannelArguments, ofOne: boolean): FewRows | null {
  const { tensor, sharing } = args;
  const { samples, channels, spatial, layout, lengths } = tensor;
  if (lengths !== null) return null;
  if (sharing === 'sample') return samplesOf(args, 0, samples, spatial, ofOne);
  if (channels === 1) return null;
  const [rows, width] = layout === 'nhwc' ? [samples * spatial, 1] : [samples, spatial];
  if (!isSmallBatch(rows, width)) return null;
  const strips = new BatchStrips(rows, channels, width);
  return { rows, groupSize: width, width, strips, start: 0, count: rows * channels * width };
}

/** The columns of a scope of one sample with a length, where they have few rows; else null. */
export function fewRowsOfScope(args: ChannelArguments, { first }: Scope): FewRows | null {
  const { sharing, tensor } = args;
  const { channels, lengths } = tensor;
  if (lengths === null || sharing === 'batch') return null;
  const sample = Math.floor(first / channels);
  return samplesOf(args, sample, 1, lengths[sample] as number, false);
}

function samplesOf(
  { tensor, affine, groupSize }: ChannelArguments,
  first: number,
  count: number,
  rows: number,
  ofOne: boolean,
): FewRows | null {
  const { channels: columns, spatial } = tensor;
  const isColumns = spatial === 1 ? ofOne : !isRowwise(tensor);
  if (!isColumns || !isSmallSample(rows, columns)) return null;
  const period = affine.weight?.length ?? affine.bias?.length ?? columns;
  const strips = new SampleStrips({ first, count, rows, columns, period });
  const start = first * columns * spatial;
  return { rows, groupSize, width: 1, strips, start, count: count * rows * columns };
}

/** Normalizes columns of few rows. */
export class NormalizeColumns implements Plan<ColumnStrip> {
  readonly output: Elements;
  readonly input: Elements;
  readonly gradOutput = null;
  readonly strips: Strips<ColumnStrip>;
  readonly #columns: FewRows;
  readonly #affine: Affine;
  readonly #average: RunningAverage | null;

  /** @param average is given the moments of each channel, where it is not null */
  constructor(
    output: Elements,
    input: Elements,
    columns: FewRows,
    affine: Affine,
    average: RunningAverage | null,
  ) {
    this.output = part(output, columns.start, columns.count);
    this.input = part(input, columns.start, columns.count);
    this.strips = columns.strips;
    this.#columns = columns;
    this.#affine = affine;
    this.#average = average;
  }

  work(memory: Memory, strip: ColumnStrip, y: number, x: number): void {
    const { kernels, moments, lines, combinations } = memory;
    const { samples, columns, first, channel, channels } = strip;
    const { rows, groupSize, width } = this.#columns;
    const { weight, bias, eps } = this.#affine;
    kernels.normalizeColumns(
      y,
      this.#average === null ? 0 : moments.at,
      lines.at,
      combinations.at,
      x,
      memory.loadWeight(weight, channel, channels, width),
      memory.loadBias(bias, channel, channels, width),
      samples,
      rows,
      columns,
      groupSize,
      channels * width,
      eps,
    );
    this.#average?.add(moments.values, first, (samples * columns) / groupSize);
  }
}
