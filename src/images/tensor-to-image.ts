import { describe } from '../checks/describe.ts';
import { refuseValue } from '../checks/refuse.ts';
import type { Layout } from '../tensor/channels.ts';
import type { Image, ImageLike } from '../tensor/image-like.ts';
import { refuseSharing } from '../tensor/overlap.ts';
import { checkLength, readTensor, type TensorLike } from '../tensor/tensor.ts';
import { bytesOf, checkImageLength, checkSize, readImage } from './arguments.ts';
import { type NormalizationOptions, readNormalization } from './normalization.ts';
import { type PixelMemory, pixelMemoryFor } from './pixel-memory.ts';

/** Options of {@link tensorToImage}: those that `imageToTensor` had. */
export interface TensorToImageOptions<Out extends ImageLike = Image> extends NormalizationOptions {
  /** Where the result goes: a picture of its size; a new one by default. */
  readonly out?: Out | null | undefined;
}

/**
 * Makes an opaque image of a tensor's three channels: the inverse of `imageToTensor`. Values
 * beyond 0 to 255 are clamped, halves go to the even byte, NaN becomes 0.
 *
 * @param tensor (1, 3, height, width) or (3, height, width); in 'nhwc' the 3 is last
 * @returns `out` or a new image
 * @throws TypeError, RangeError as `imageToTensor` does.
 */
export function tensorToImage<Out extends ImageLike = Image>(
  tensor: TensorLike,
  options: TensorToImageOptions<Out> = {},
): Out {
  const { means, stds, layout, out } = readNormalization(options);
  const given = out === undefined || out === null ? null : readImage(out, 'out');
  const { data, shape } = readTensor(tensor, 'tensor');
  const size = pictureSize(shape, layout);
  if (given) {
    checkImageLength(given, 'out');
    checkSize(given, size, 'out');
    refuseSharing('out', given.data, 'tensor', data);
  }
  checkLength(data, shape, 'tensor');

  const pixels = size.width * size.height;
  const bytes = given?.data ?? new Uint8ClampedArray(4 * pixels);
  const memory = pixelMemoryFor(bytes, data);
  const lines = stds.flatMap((std, i) => [255 * std, 255 * (means[i] as number)]);
  memory.write(memory.tablesAt, Float64Array.from(lines));
  const write = layout === 'nchw' ? readPlanes : readChannelsLast;
  write(memory, bytesOf(bytes), bytesOf(data), pixels);
  return (out ?? { data: bytes, ...size }) as Out;
}

function readPlanes(pixelMemory: PixelMemory, y: Uint8Array, x: Uint8Array, pixels: number): void {
  const { kernels, tablesAt, input, output, memory } = pixelMemory;
  const isHere = memory.contains(x);
  for (const cut of pixelMemory.cuts(pixels, x, y)) {
    const { start, count, filled } = cut;
    const at = output.place(y, cut, 4);
    if (isHere && count === filled) {
      kernels.toBytes(at, x.byteOffset + 4 * start, tablesAt, count, pixels, 1);
    } else {
      const planesAt = input.placeFor(x, 4 * start);
      for (let channel = 0; channel < 3; channel++) {
        const place = 4 * (channel * pixels + start);
        input.copyIn(x, place, 4 * count, planesAt + 4 * channel * filled);
      }
      kernels.toBytes(at, planesAt, tablesAt, filled, filled, 1);
    }
    output.store(y, cut, 4, at);
  }
}

function readChannelsLast(memory: PixelMemory, y: Uint8Array, x: Uint8Array, pixels: number): void {
  const { kernels, tablesAt, input, output } = memory;
  for (const cut of memory.cuts(pixels, x, y)) {
    const at = output.place(y, cut, 4);
    kernels.toBytes(at, input.load(x, cut, 12), tablesAt, cut.filled, 1, 3);
    output.store(y, cut, 4, at);
  }
}

function pictureSize(
  shape: readonly number[],
  layout: Layout,
): { readonly width: number; readonly height: number } {
  const sizes = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  const [channels, height, width] = layout === 'nchw' ? sizes : [sizes[2], sizes[0], sizes[1]];
  if (sizes.length !== 3 || channels !== 3 || !height || !width) {
    const expected = layout === 'nchw' ? '[1, 3, height, width]' : '[1, height, width, 3]';
    refuseValue('tensor', `shape ${expected}`, describe(shape));
  }
  return { width, height };
}
