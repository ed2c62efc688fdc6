import { MOMENTS } from '../memory/sizes.ts';
import { type Deviation, deviationsOf } from './deviation.ts';

/** What is given the moments of a normalization as they are found. */
export interface MomentsSink {
  /** Takes the moments of `count` scopes from that of index `first`. */
  add(moments: Float64Array, first: number, count: number): void;
}

/** Returns what gives a sink the moments of scopes that come so many later. */
export function shifted(sink: MomentsSink | null, by: number): MomentsSink | null {
  if (sink === null || by === 0) return sink;
  return { add: (moments, first, count) => sink.add(moments, first + by, count) };
}

/** Records the mean and the reciprocal deviation of each scope for the caller. */
export class StatisticsRecord implements MomentsSink {
  readonly #mean: Float32Array | null;
  readonly #rstd: Float32Array | null;
  readonly #deviation: Deviation;
  #next: MomentsSink | null = null;

  constructor(mean: Float32Array | null, rstd: Float32Array | null, deviation: Deviation) {
    this.#mean = mean;
    this.#rstd = rstd;
    this.#deviation = deviation;
  }

  /**
   * Writes 0 for all scopes, which those without elements keep.
   *
   * @param next is given the moments too
   */
  start(next: MomentsSink | null): this {
    this.#mean?.fill(0);
    this.#rstd?.fill(0);
    this.#next = next;
    return this;
  }

  add(moments: Float64Array, first: number, count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.#mean) this.#mean[first + i] = moments[i * MOMENTS + 1] as number;
      if (!this.#rstd) continue;
      const [, divisor] = deviationsOf(moments, i * MOMENTS, this.#deviation);
      // As in the lines, so that a scope without spread gives exactly the bias.
      this.#rstd[first + i] = divisor === 0 ? 0 : 1 / divisor;
    }
    this.#next?.add(moments, first, count);
  }
}
