import { MOMENTS } from '../memory/sizes.ts';
import type { MomentsSink } from './record.ts';

/** A mean and a variance for each channel, given or to be moved. */
export interface RunningStats {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/**
 * Averages the moments of rows over the samples of each channel, then moves running
 * statistics towards them: nothing is written before `move`.
 */
export class RunningAverage implements MomentsSink {
  readonly #means: Float64Array;
  readonly #variances: Float64Array;
  readonly #unbiased: boolean;
  #rows = 0;
  // Rows that have a variance: one element has no unbiased one.
  #spreadRows = 0;

  /** @param unbiased whether a variance divides by n - 1 instead of n */
  constructor(channels: number, unbiased: boolean) {
    this.#means = new Float64Array(channels);
    this.#variances = new Float64Array(channels);
    this.#unbiased = unbiased;
  }

  /** Adds the moments of consecutive channels from `first`; beyond the last they begin again. */
  add(moments: Float64Array, first: number, count: number): void {
    const channels = this.#means.length;
    let channel = first % channels;
    for (let at = 0; at < count * MOMENTS; at += MOMENTS) {
      const size = moments[at] as number;
      const divisor = this.#unbiased ? size - 1 : size;
      (this.#means[channel] as number) += moments[at + 1] as number;
      if (divisor > 0) {
        (this.#variances[channel] as number) += (moments[at + 2] as number) / divisor;
        this.#spreadRows++;
      }
      if (++channel === channels) channel = 0;
    }
    this.#rows += count;
  }

  /**
   * Moves running statistics: new = (1 - momentum) * old + momentum * average. An empty
   * batch has no average and moves nothing.
   */
  move(mean: Float32Array | null, variance: Float32Array | null, momentum: number): void {
    const channels = this.#means.length;
    moveOne(mean, this.#means, this.#rows / channels, momentum);
    moveOne(variance, this.#variances, this.#spreadRows / channels, momentum);
  }
}

function moveOne(
  running: Float32Array | null,
  sums: Float64Array,
  samples: number,
  momentum: number,
): void {
  if (running === null || samples === 0) return;
  for (let i = 0; i < running.length; i++) {
    const average = (sums[i] as number) / samples;
    running[i] = (1 - momentum) * (running[i] as number) + momentum * average;
  }
}
