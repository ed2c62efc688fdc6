import { Arena, ChannelMoments, instanceNorm } from 'wasm-norm';
import type { Rows } from './rows.ts';

/** Weights of an instance normalization. */
export interface NormalizationOptions {
  /** C values. */
  readonly weight: Float32Array;
  /** C values. */
  readonly bias: Float32Array;
  readonly eps: number;
}

/**
 * A layer after instance normalization by the moments of the whole picture, whichever rows are
 * read: they are gathered over all rows first.
 */
export class Normalized implements Rows {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly #input: Rows;
  readonly #options: NormalizationOptions;
  #lines: Lines | null = null;
  #band: Float32Array = new Float32Array();

  constructor(input: Rows, options: NormalizationOptions) {
    this.height = input.height;
    this.width = input.width;
    this.channels = input.channels;
    this.#input = input;
    this.#options = options;
  }

  /** The layer before. */
  get input(): Rows {
    return this.#input;
  }

  get unit(): number {
    return this.#input.unit;
  }

  work(): number {
    return this.#input.work();
  }

  /** Returns the moments of some rows of the layer before. */
  gather(from: number, to: number): ChannelMoments {
    const x = this.#inArena(from, to);
    return new ChannelMoments(this.channels).update(x, { layout: 'nhwc' });
  }

  /** Takes the moments of all rows, after which rows can be read. */
  settle(moments: ChannelMoments): void {
    this.#lines = linesOf(moments, this.#options);
  }

  read(from: number, to: number): Float32Array {
    if (this.#lines === null) throw new Error('the moments of the whole layer are not known yet');
    const { eps } = this.#options;
    const x = this.#inArena(from, to);
    const given = { layout: 'nhwc', useInputStats: false, out: x } as const;
    return instanceNorm(x, { ...this.#lines, ...given, eps }).data;
  }

  /** Reads rows of the layer before into an arena, where they are worked on in place. */
  #inArena(from: number, to: number) {
    const rows = this.#input.read(from, to);
    if (this.#band.length < rows.length) {
      this.#band = new Arena(rows.byteLength).tensor([rows.length]).data;
    }
    const data = this.#band.subarray(0, rows.length);
    data.set(rows);
    return { data, shape: [1, to - from, this.width, this.channels] };
  }
}

/** What `instanceNorm` takes of statistics that are known. */
interface Lines {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly runningMean: Float32Array;
  readonly runningVar: Float32Array;
}

/** The mean is rounded to float32, so the bias takes what it loses. */
function linesOf(moments: ChannelMoments, { weight, bias, eps }: NormalizationOptions): Lines {
  const { mean } = moments;
  const variance = moments.variance();
  const runningMean = Float32Array.from(mean);
  const shifted = bias.map((value, i) => {
    const lost = (mean[i] as number) - (runningMean[i] as number);
    const scale = (weight[i] as number) / Math.sqrt((variance[i] as number) + eps);
    return value - lost * scale;
  });
  return { weight, bias: shifted, runningMean, runningVar: Float32Array.from(variance) };
}
