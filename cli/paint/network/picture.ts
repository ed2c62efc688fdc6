import { type ImageLike, imageToTensor, tensorToImage } from 'wasm-norm';
import type { Store } from '../walk/kept.ts';
import type { Rows } from '../walk/rows.ts';

/** Pixels on each side of what the network takes are a multiple of it. */
const MULTIPLE = 4;
/** The padding of 9x9 taps takes four pixels besides the edge. */
const LEAST = 8;

const CHANNELS = 3;

/**
 * A picture as the network takes it: red, green and blue from -1 to 1. Its sides are continued to
 * multiples of 4, mirrored at its right and lower edge.
 */
export class PictureRows implements Rows {
  readonly height: number;
  readonly width: number;
  readonly channels: number = CHANNELS;
  readonly unit: number = 1;
  readonly #image: ImageLike;

  constructor(image: ImageLike) {
    this.height = continued(image.height);
    this.width = continued(image.width);
    this.#image = image;
  }

  work(): number {
    return 0;
  }

  read(from: number, to: number): Float32Array {
    const { height, width } = this.#image;
    const rows = new Float32Array((to - from) * this.width * CHANNELS);
    if (from < height) this.#convert(from, Math.min(to, height), rows);
    for (let row = Math.max(from, height); row < to; row++) {
      const inside = mirrored(row, height);
      this.#convert(inside, inside + 1, rows.subarray((row - from) * this.width * CHANNELS));
    }
    if (width < this.width) this.#continueRows(rows);
    return rows;
  }

  /** Converts whole rows of the picture. */
  #convert(from: number, to: number, rows: Float32Array): void {
    const { width, data } = this.#image;
    const height = to - from;
    const image = { data: data.subarray(4 * from * width, 4 * to * width), width, height };
    const options = { mean: HALF, std: HALF, layout: 'nhwc' } as const;
    const colours = imageToTensor(image, options).data;
    for (let row = 0; row < height; row++) {
      const part = colours.subarray(row * width * CHANNELS, (row + 1) * width * CHANNELS);
      rows.set(part, row * this.width * CHANNELS);
    }
  }

  /** Mirrors rows at the right edge of the picture. */
  #continueRows(rows: Float32Array): void {
    const { width } = this.#image;
    for (let start = 0; start < rows.length; start += this.width * CHANNELS) {
      for (let column = width; column < this.width; column++) {
        const from = start + mirrored(column, width) * CHANNELS;
        rows.copyWithin(start + column * CHANNELS, from, from + CHANNELS);
      }
    }
  }
}

const HALF: readonly number[] = [0.5, 0.5, 0.5];

/** Takes the network's colours, 0 to 1, as a picture of the size and with the alpha of another. */
export class PictureStore implements Store {
  readonly image: {
    readonly data: Uint8ClampedArray;
    readonly width: number;
    readonly height: number;
  };
  readonly #photograph: ImageLike;
  readonly #strength: number;
  readonly #width: number;

  /** @param strength of the result from 0, the photograph, to 1 */
  constructor(photograph: ImageLike, strength: number) {
    const { width, height } = photograph;
    this.image = { data: new Uint8ClampedArray(4 * width * height), width, height };
    this.#photograph = photograph;
    this.#strength = strength;
    this.#width = continued(width);
  }

  write(row: number, rows: Float32Array): void {
    const { width, height, data } = this.image;
    const count = Math.min(height - row, rows.length / CHANNELS / this.#width);
    for (let i = 0; i < count; i++) {
      const start = i * this.#width * CHANNELS;
      const shape = [1, width, CHANNELS];
      const tensor = { data: rows.subarray(start, start + width * CHANNELS), shape };
      const at = 4 * (row + i) * width;
      const out = { data: data.subarray(at, at + 4 * width), width, height: 1 };
      tensorToImage(tensor, { layout: 'nhwc', out });
      this.#finish(at, at + 4 * width);
    }
  }

  read(): Float32Array {
    throw new Error('a picture is not read as rows of the network');
  }

  /** Mixes pixels with the photograph's, and gives them their alpha. */
  #finish(from: number, to: number): void {
    const { data } = this.image;
    const before = this.#photograph.data;
    const strength = this.#strength;
    for (let i = from; i < to; i += 4) {
      if (strength < 1) {
        for (let j = i; j < i + CHANNELS; j++) {
          const photograph = before[j] as number;
          data[j] = photograph + strength * ((data[j] as number) - photograph);
        }
      }
      data[i + 3] = before[i + 3] as number;
    }
  }
}

function continued(size: number): number {
  return Math.max(LEAST, Math.ceil(size / MULTIPLE) * MULTIPLE);
}

/** Mirrors a place beyond the last of some, at the last, and at the first again. */
function mirrored(place: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const within = place % period;
  return within < size ? within : period - within;
}
