// How a picture goes through a network tile by tile, with the statistics of the whole picture and
// with those of each tile.

import { type ImageLike, imageToTensor } from 'wasm-norm';
import { MemoryStore } from '../../cli/paint/walk/kept.ts';
import { walk } from '../../cli/paint/walk/passes.ts';
import type { Rows } from '../../cli/paint/walk/rows.ts';
import type { Generator } from './generator.ts';

const OUTPUTS = 8;

/** Colours of a picture, (height, width, 8). */
export interface Colours {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Sends a picture through the network, with statistics of the whole of it. */
export function transfer(generator: Generator, { data, width, height }: ImageLike): Colours {
  const mean = [0.5, 0.5, 0.5];
  const x = imageToTensor({ data, width, height }, { mean, std: mean, layout: 'nhwc' }).data;
  const store = new MemoryStore(x, 3 * width);
  const read = (from: number, to: number) => store.read(from, to);
  const picture: Rows = { height, width, channels: 3, unit: 1, work: () => 0, read };
  const result = new Float32Array(height * width * OUTPUTS);
  for (const _ of walk(generator.layOut(picture, new MemoryStore(result, OUTPUTS * width))));
  return { data: result, width, height };
}

/**
 * Sends each tile through the network by itself, with as much of the picture around it as its
 * convolutions see of it nearly: so it is the statistics alone that differ.
 *
 * @param margin pixels of the picture around a tile, a multiple of 4
 */
export function transferTiles(
  generator: Generator,
  picture: ImageLike,
  size: number,
  margin: number,
): Colours {
  const { width, height } = picture;
  const result = new Float32Array(height * width * OUTPUTS);
  for (let top = 0; top < height; top += size) {
    for (let left = 0; left < width; left += size) {
      const around = {
        left: Math.max(0, left - margin),
        top: Math.max(0, top - margin),
        right: Math.min(width, left + size + margin),
        bottom: Math.min(height, top + size + margin),
      };
      const tile = transfer(generator, cut(picture, around));
      const columns = Math.min(size, width - left) * OUTPUTS;
      for (let row = top; row < Math.min(height, top + size); row++) {
        const from = ((row - around.top) * tile.width + left - around.left) * OUTPUTS;
        const to = (row * width + left) * OUTPUTS;
        result.set(tile.data.subarray(from, from + columns), to);
      }
    }
  }
  return { data: result, width, height };
}

function cut(
  { data, width }: ImageLike,
  { left, top, right, bottom }: Record<'left' | 'top' | 'right' | 'bottom', number>,
): ImageLike {
  const size = { width: right - left, height: bottom - top };
  const part = new Uint8ClampedArray(4 * size.width * size.height);
  for (let row = 0; row < size.height; row++) {
    const from = 4 * ((top + row) * width + left);
    part.set(data.subarray(from, from + 4 * size.width), 4 * row * size.width);
  }
  return { data: part, ...size };
}

/** Returns the largest mean step of a colour across a cut, over all cuts between columns. */
export function largestStep({ data, width, height }: Colours, size: number): number {
  let largest = 0;
  for (let column = size; column < width; column += size) {
    for (let top = 0; top < height; top += size) {
      for (let colour = 0; colour < 3; colour++) {
        let sum = 0;
        const bottom = Math.min(height, top + size);
        for (let row = top; row < bottom; row++) {
          const at = (row * width + column) * OUTPUTS + colour;
          sum += (data[at] as number) - (data[at - OUTPUTS] as number);
        }
        largest = Math.max(largest, Math.abs(sum) / (bottom - top));
      }
    }
  }
  return largest;
}
