import type { Memory, Plan } from '../memory/memory.ts';
import { MAX_CHANNELS, TILE_SIZE } from '../memory/sizes.ts';
import type { RunningAverage } from '../statistics/running-average.ts';
import { type GroupStrip, GroupStrips } from '../views/strips.ts';
import type { Affine } from './lines.ts';

/** Consecutive samples of columns, each of few rows. */
export interface Samples {
  /** The first sample. */
  readonly first: number;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** How many consecutive columns have a mean and variance in common. */
  readonly groupSize: number;
  /** After so many columns weight and bias begin again; a multiple of `columns`. */
  readonly period: number;
}

/**
 * Cuts samples into strips. To a strip a sample is a row of so many channels.
 *
 * @param numbers how many numbers the scratch has to hold for each sample
 */
export function stripsOfSamples(
  { count, rows, columns, period }: Samples,
  numbers: number,
): GroupStrips {
  const fits = Math.min(
    Math.floor(TILE_SIZE / (rows * columns)),
    Math.floor(MAX_CHANNELS / numbers),
  );
  return new GroupStrips({ count, groupSize: columns, length: rows, period }, fits);
}

/** Returns the elements of samples, of which some may have more rows. */
export function elementsOf(
  array: Float32Array,
  { first, count, rows, columns }: Samples,
  stride: number,
): Float32Array {
  return array.subarray(first * stride, first * stride + count * rows * columns);
}

/** Normalizes samples of columns, each column or group by its own moments. */
export class NormalizeSamples implements Plan<GroupStrip> {
  readonly output: Float32Array;
  readonly input: Float32Array;
  readonly gradOutput = null;
  readonly strips: GroupStrips;
  readonly #samples: Samples;
  readonly #affine: Affine;
  readonly #average: RunningAverage | null;

  /**
   * @param output the elements of the samples
   * @param input likewise
   * @param average is given the moments of each column, where it is not null
   */
  constructor(
    output: Float32Array,
    input: Float32Array,
    samples: Samples,
    affine: Affine,
    average: RunningAverage | null,
  ) {
    this.output = output;
    this.input = input;
    this.#samples = samples;
    this.#affine = affine;
    this.#average = average;
    this.strips = stripsOfSamples(samples, samples.columns / samples.groupSize);
  }

  work(memory: Memory, strip: GroupStrip, y: number, x: number): void {
    const { kernels, moments, lines, combinations } = memory;
    const { first, rows, columns, groupSize, period } = this.#samples;
    const { weight, bias, eps } = this.#affine;
    const channel = (first * columns + strip.channel) % period;
    kernels.normalizeColumns(
      y,
      this.#average === null ? 0 : moments.at,
      lines.at,
      combinations.at,
      x,
      memory.loadWeight(weight, channel, strip.channels),
      memory.loadBias(bias, channel, strip.channels),
      strip.rows,
      rows,
      columns,
      groupSize,
      strip.channels,
      eps,
    );
    const groups = columns / groupSize;
    this.#average?.add(moments.values, (first + strip.first) * groups, strip.rows * groups);
  }
}
