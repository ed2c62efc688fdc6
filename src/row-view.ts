import { type Block, COMBINATION, LINE, type Memory, STATE, TILE } from './memory.ts';
import type { View } from './view.ts';

const DOUBLE = 8;

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
    this.#forEachTile((tile, channel) => {
      const states = statesAt + channel * STATE * DOUBLE;
      const x = memory.load(input, tile);
      if (wide) kernels.addWideMoments(states, x, tile.rows, tile.length, this.channels);
      else kernels.addMoments(states, x, tile.rows, tile.length, this.channels);
    });
  }

  apply(memory: Memory, output: Float32Array, input: Float32Array): void {
    const { kernels, linesAt } = memory;
    this.#forEachTile((tile, channel) => {
      const lines = linesAt + channel * LINE * DOUBLE;
      const x = memory.load(input, tile);
      const y = memory.target(output, tile);
      kernels.applyRows(y, x, lines, tile.rows, tile.length, this.channels);
      memory.store(output, tile);
    });
  }

  addGradientSums(memory: Memory, gradOutput: Float32Array, input: Float32Array): void {
    const { kernels, linesAt, sumsAt, productsAt } = memory;
    this.#forEachTile((tile, channel) => {
      const lines = linesAt + channel * LINE * DOUBLE;
      const sums = sumsAt + channel * DOUBLE;
      const products = productsAt + channel * DOUBLE;
      const x = memory.load(input, tile);
      const g = memory.loadGradient(gradOutput, tile);
      const { rows, length } = tile;
      kernels.addGradientSums(sums, products, g, x, lines, 0, rows, length, this.channels);
    });
  }

  combine(
    memory: Memory,
    gradInput: Float32Array,
    gradOutput: Float32Array,
    input: Float32Array,
  ): void {
    const { kernels, linesAt, combinationsAt } = memory;
    this.#forEachTile((tile, channel) => {
      const lines = linesAt + channel * LINE * DOUBLE;
      const combinations = combinationsAt + channel * COMBINATION * DOUBLE;
      const x = memory.load(input, tile);
      const g = memory.loadGradient(gradOutput, tile);
      const dx = memory.target(gradInput, tile);
      const { rows, length } = tile;
      kernels.combineRows(dx, g, x, lines, combinations, 0, rows, length, this.channels);
      memory.store(gradInput, tile);
    });
  }

  /**
   * Calls `work` with as many whole samples as a tile holds; or where it holds
   * not even one, as many channels of one; or with the pieces of a row. Only
   * whole samples go beyond the last channel to the first.
   */
  #forEachTile(work: (tile: Block, channel: number) => void): void {
    const { channels } = this;
    const length = this.#length;
    const stride = this.#stride;
    const start = this.#start;
    if (length === 0) return;
    const capacity = Math.floor(TILE / length);
    const packed = stride === length && this.#sampleStride === channels * length;
    if (packed && capacity >= channels) {
      const step = capacity - (capacity % channels);
      const total = this.#samples * channels;
      for (let row = 0; row < total; row += step) {
        const rows = Math.min(step, total - row);
        work({ start: start + row * length, rows, length, stride }, 0);
      }
      return;
    }
    for (let sample = 0; sample < this.#samples; sample++) {
      const origin = start + sample * this.#sampleStride;
      for (let channel = 0; channel < channels; channel += Math.max(1, capacity)) {
        const at = origin + channel * stride;
        if (capacity > 0) {
          work(
            { start: at, rows: Math.min(capacity, channels - channel), length, stride },
            channel,
          );
          continue;
        }
        for (let done = 0; done < length; done += TILE) {
          const piece = Math.min(TILE, length - done);
          work({ start: at + done, rows: 1, length: piece, stride: piece }, channel);
        }
      }
    }
  }
}
