import type { Memory, Operands, Strips } from '../memory/memory.ts';
import type { Operation, RowStrip, View } from './view.ts';

/** Where the rows of channels lie. */
interface RowPlaces {
  /** The first element of the first channel. */
  readonly start: number;
  readonly samples: number;
  /** From the first element of a sample to that of the next. */
  readonly sampleStride: number;
  readonly channels: number;
  /** The elements of a channel in each sample. */
  readonly length: number;
  /** From the first element of a channel to that of the next. */
  readonly stride: number;
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
  readonly fold = 1;
  readonly #places: RowPlaces;

  constructor(places: RowPlaces) {
    this.channels = places.channels;
    this.#places = places;
  }

  run(memory: Memory, operation: Operation, operands: Operands): void {
    const { output, input, gradOutput } = operands;
    const strips = new RowStrips(this.#places, memory.tileSize, memory.holdsAll(operands));
    memory.run({ strips, output, input, gradOutput, work: operation.rows });
  }
}

/**
 * Strips of rows: of all samples where they need not be copied; of as many whole samples
 * as a tile holds; of as many channels of one sample where it holds less than a sample;
 * or of the pieces of one row where it holds less than that.
 */
class RowStrips implements Strips<RowStrip> {
  readonly count: number;
  readonly #places: RowPlaces;
  /** Samples in a strip; 0 where a sample takes several strips. */
  readonly #samples: number;
  /** Channels in a strip of one sample. */
  readonly #channels: number;
  /** Elements of a row in a strip. */
  readonly #length: number;

  /** @param most the elements of a tile */
  constructor(places: RowPlaces, most: number, inPlace: boolean) {
    this.#places = places;
    const { samples, sampleStride, channels, length, stride } = places;
    const size = channels * length;
    const isPacked = samples === 1 || sampleStride === size;
    const takesSamples = stride === length && (inPlace || (isPacked && size <= most));
    const samplesInStrip = inPlace ? samples : Math.floor(most / size);
    this.#samples = takesSamples ? samplesInStrip : 0;
    this.#channels = Math.max(1, Math.floor(most / length));
    this.#length = Math.min(length, most);
    if (size === 0) this.count = 0;
    else if (takesSamples) this.count = Math.ceil(samples / samplesInStrip);
    else this.count = samples * this.#stripsOfSample * this.#piecesOfRow;
  }

  get #stripsOfSample(): number {
    return Math.ceil(this.#places.channels / this.#channels);
  }

  get #piecesOfRow(): number {
    return Math.ceil(this.#places.length / this.#length);
  }

  strip(index: number): RowStrip {
    const { start, samples, sampleStride, channels, length, stride } = this.#places;
    if (this.#samples > 0) {
      const sample = index * this.#samples;
      const rows = Math.min(this.#samples, samples - sample) * channels;
      const gap = samples === 1 ? 0 : sampleStride - channels * length;
      const at = start + sample * sampleStride;
      return { start: at, rows, length, stride, channel: 0, period: channels, gap };
    }
    const pieces = this.#piecesOfRow;
    const strips = this.#stripsOfSample;
    const sample = Math.floor(index / (strips * pieces));
    const channel = (Math.floor(index / pieces) % strips) * this.#channels;
    const done = (index % pieces) * this.#length;
    return {
      start: start + sample * sampleStride + channel * stride + done,
      rows: Math.min(this.#channels, channels - channel),
      length: Math.min(this.#length, length - done),
      stride,
      channel,
      period: channels,
      gap: 0,
    };
  }
}
