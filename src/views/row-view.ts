import type { Memory } from '../memory/memory.ts';
import { COMBINATION, LINE, STATE, TILE } from '../memory/sizes.ts';
import type { Block } from '../memory/tile.ts';
import type { View } from './view.ts';

const DOUBLE = 8;

/** What a kernel takes at once. */
interface Part {
  /** Its rows are channels; beyond the last they begin again with the first. */
  readonly tile: Block;
  /** The first row's. */
  readonly channel: number;
  /** How many elements lie between a last channel and a first. */
  readonly gap: number;
}

/**
 * Each channel is a row in each sample:
 *
 *     start                          sampleStride
 *     | channel 0, `length` elements | ...
 *     |   `stride` further: channel 1, ...
 */
export class RowView implements View {
  readonly channels: number;
  readonly #start: number;
  readonly #samples: number;
  readonly #sampleStride: number;
  readonly #length: number;
  readonly #stride: number;

  constructor(
    start: number,
    samples: number,
    sampleStride: number,
    channels: number,
    length: number,
    stride: number,
  ) {
    this.#start = start;
    this.#samples = samples;
    this.#sampleStride = sampleStride;
    this.channels = channels;
    this.#length = length;
    this.#stride = stride;
  }

  addMoments(memory: Memory, input: Float32Array, wide = false): void {
    const { kernels, statesAt } = memory;
    this.#forEachPart(memory.holds(input), ({ tile, channel, gap }) => {
      const { rows, length } = tile;
      const states = statesAt + channel * STATE * DOUBLE;
      const x = memory.load(input, tile);
      const add = wide ? kernels.addMomentsF64 : kernels.addMoments;
      add(states, x, rows, length, this.channels, gap);
    });
  }

  apply(memory: Memory, output: Float32Array, input: Float32Array): void {
    const { kernels, linesAt } = memory;
    const inPlace = memory.holds(output) && memory.holds(input);
    this.#forEachPart(inPlace, ({ tile, channel, gap }) => {
      const { rows, length } = tile;
      const lines = linesAt + channel * LINE * DOUBLE;
      const x = memory.load(input, tile);
      const y = memory.target(output, tile);
      kernels.applyRows(y, x, lines, rows, length, this.channels, gap);
      memory.store(output, tile);
    });
  }

  addGradientSums(memory: Memory, gradOutput: Float32Array, input: Float32Array): void {
    const { kernels, linesAt, sumsAt, productsAt } = memory;
    const inPlace = memory.holds(gradOutput) && memory.holds(input);
    this.#forEachPart(inPlace, ({ tile, channel, gap }) => {
      const { rows, length } = tile;
      const lines = linesAt + channel * LINE * DOUBLE;
      const sums = sumsAt + channel * DOUBLE;
      const products = productsAt + channel * DOUBLE;
      const x = memory.load(input, tile);
      const g = memory.loadGradient(gradOutput, tile);
      kernels.addGradientSums(sums, products, g, x, lines, rows, length, this.channels, gap);
    });
  }

  combine(
    memory: Memory,
    gradInput: Float32Array,
    gradOutput: Float32Array,
    input: Float32Array,
  ): void {
    const { kernels, linesAt, combinationsAt } = memory;
    const inPlace = memory.holds(gradInput) && memory.holds(gradOutput) && memory.holds(input);
    this.#forEachPart(inPlace, ({ tile, channel, gap }) => {
      const { rows, length } = tile;
      const lines = linesAt + channel * LINE * DOUBLE;
      const combinations = combinationsAt + channel * COMBINATION * DOUBLE;
      const x = memory.load(input, tile);
      const g = memory.loadGradient(gradOutput, tile);
      const dx = memory.target(gradInput, tile);
      kernels.combineRows(dx, g, x, lines, combinations, 0, rows, length, this.channels, gap);
      memory.store(gradInput, tile);
    });
  }

  /**
   * Calls `work` with all samples at once where they need not be copied; or with as many
   * whole ones as a tile holds; or where it holds not even one, as many channels of one;
   * or with the pieces of a row.
   */
  #forEachPart(inPlace: boolean, work: (part: Part) => void): void {
    const { channels } = this;
    const start = this.#start;
    const samples = this.#samples;
    const sampleStride = this.#sampleStride;
    const length = this.#length;
    const stride = this.#stride;
    const size = channels * length;
    if (size === 0) return;
    const packed = samples === 1 || sampleStride === size;
    if (stride === length && (inPlace || (packed && size <= TILE))) {
      const gap = packed ? 0 : sampleStride - size;
      const step = inPlace ? samples : Math.floor(TILE / size);
      for (let sample = 0; sample < samples; sample += step) {
        const rows = Math.min(step, samples - sample) * channels;
        const tile = { start: start + sample * size, rows, length, stride };
        work({ tile, channel: 0, gap });
      }
      return;
    }
    const capacity = Math.floor(TILE / length);
    for (let sample = 0; sample < samples; sample++) {
      const origin = start + sample * sampleStride;
      for (let channel = 0; channel < channels; channel += Math.max(1, capacity)) {
        const at = origin + channel * stride;
        if (capacity > 0) {
          const rows = Math.min(capacity, channels - channel);
          work({ tile: { start: at, rows, length, stride }, channel, gap: 0 });
          continue;
        }
        for (let done = 0; done < length; done += TILE) {
          const piece = Math.min(TILE, length - done);
          const tile = { start: at + done, rows: 1, length: piece, stride: piece };
          work({ tile, channel, gap: 0 });
        }
      }
    }
  }
}
