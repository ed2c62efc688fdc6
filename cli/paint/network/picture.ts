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

/** RGBA bytes that are written. */
export interface Canvas {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Takes the network's colours, 0 to 1, as a picture of the size and with the alpha of another. */
export class PictureStore implements Store {
  readonly #photograph: ImageLike;
  readonly #result: Canvas;
  readonly #strength: number;

  /**
   * @param result of the photograph's size
   * @param strength of the result from 0, the photograph, to 1
   */
  constructor(photograph: ImageLike, result: Canvas, strength: number) {
    this.#photograph = photograph;
    this.#result = result;
    this.#strength = strength;
  }

  write(row: number, rows: Float32Array): void {
    const { width, height, data } = this.#result;
    const rowSize = continued(width) * CHANNELS;
    const end = Math.min(height, row + rows.length / rowSize);
    for (let i = row; i < end; i++) {
      const start = (i - row) * rowSize;
      const colours = rows.subarray(start, start + width * CHANNELS);
      const out = { data: data.subarray(4 * i * width, 4 * (i + 1) * width), width, height: 1 };
      tensorToImage({ data: colours, shape: [1, width, CHANNELS] }, { layout: 'nhwc', out });
      const before = this.#photograph.data.subarray(4 * i * width, 4 * (i + 1) * width);
      mixPixels(out.data, before, this.#strength);
    }
  }

  read(): Float32Array {
    throw new Error('a picture is not read as rows of the network');
  }
}

/**
 * Mixes pixels with those of the photograph, and gives them their alpha.
 *
 * It is the pixels that are mixed: between the lines of normalizations that leave a layer as it is
 * and those of a style lie no pictures between photograph and painting, but posters of few colours.
 */
export function mixPixels(
  result: Uint8ClampedArray,
  photograph: ImageLike['data'],
  strength: number,
): void {
  for (let i = 0; i < result.length; i += 4) {
    if (strength < 1) {
      for (let j = i; j < i + CHANNELS; j++) {
        const before = photograph[j] as number;
        result[j] = before + strength * ((result[j] as number) - before);
      }
    }
    result[i + 3] = photograph[i + 3] as number;
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
