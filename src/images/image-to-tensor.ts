import { refuseValue } from '../checks/refuse.ts';
import type { Layout } from '../tensor/channels.ts';
import type { ImageLike } from '../tensor/image-like.ts';
import { refuseSharing } from '../tensor/overlap.ts';
import { refuseShape } from '../tensor/shape.ts';
import { checkLength, readTensor, Tensor, type TensorLike, tensorOf } from '../tensor/tensor.ts';
import { bytesOf, checkImageLength, checkSize, readImage } from './arguments.ts';
import { valueLines } from './lines.ts';
import { type NormalizationOptions, readNormalization } from './normalization.ts';
import { type PixelMemory, pixelMemoryFor } from './pixel-memory.ts';

/** Options of {@link imageToTensor}. */
export interface ImageToTensorOptions extends NormalizationOptions {
  /**
   * Where the result goes: an arena's tensor, say, or a slice of a batch. It shares no memory
   * with a picture. A new tensor by default.
   */
  readonly out?: TensorLike | null | undefined;
}

/**
 * Makes a (N, 3, height, width) tensor of the red, green and blue of pictures of one size, each
 * (byte / 255 - mean) / std, computed in float64 and rounded once: torchvision's ToTensor and
 * Normalize. Alpha is left out.
 *
 * @param image RGBA bytes, ImageData for example; or several of one size
 * @returns `out` or a new tensor; N is 1 for one picture; (N, height, width, 3) in 'nhwc'
 * @throws TypeError where an image has no bytes or a number is none; RangeError
 *   where the bytes don't fit the size, pictures differ in size, `out` has another shape, or std
 *   is 0.
 * @example
 * import { imageToTensor } from 'wasm-norm';
 *
 * // Or what a canvas returns from getImageData().
 * const image = { data: Uint8Array.of(255, 128, 0, 255), width: 1, height: 1 };
 * const x = imageToTensor(image, { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
 * console.log(x.shape); // 1, 3, 1, 1
 * console.log(x.data); // 2.249, 0.205, -1.804
 */
export function imageToTensor(
  image: ImageLike | readonly ImageLike[],
  options: ImageToTensorOptions = {},
): Tensor {
  const { means, stds, layout, out } = readNormalization(options);
  const given = out === undefined || out === null ? null : readTensor(out, 'out');
  const images = readImages(image);
  const { width, height } = images[0] as ImageLike;
  const sizes = layout === 'nchw' ? [3, height, width] : [height, width, 3];
  const shape = [images.length, ...sizes];
  if (given) {
    refuseShape(given.shape, shape, 'out');
    checkLength(given.data, given.shape, 'out');
    for (const { data } of images) refuseSharing('out', given.data, 'image', data);
  }

  const values = given?.data ?? new Float32Array(images.length * 3 * width * height);
  const memory = pixelMemoryFor(values, ...images.map(({ data }) => data));
  const convert = prepare(memory, means, stds, layout);
  const write = layout === 'nchw' ? writePlanes : writeChannelsLast;
  const pixels = width * height;
  images.forEach(({ data }, i) => {
    const part = values.subarray(i * 3 * pixels, (i + 1) * 3 * pixels);
    write(memory, bytesOf(part), bytesOf(data), pixels, convert);
  });
  return out instanceof Tensor ? out : tensorOf(shape, values);
}

/** Reads one picture or several of one size, each once. */
function readImages(image: ImageLike | readonly ImageLike[]): readonly ImageLike[] {
  if (!Array.isArray(image)) return [readImage(image, 'image')];
  const nameOf = (index: number): string => `image[${index}]`;
  const images = Array.from(image as readonly unknown[], (one, i) => readImage(one, nameOf(i)));
  const [first] = images;
  if (first === undefined) refuseValue('image', 'at least one picture', 0);
  images.forEach((one, i) => {
    // Once more: a getter of a later one may have shrunk it.
    checkImageLength(one, nameOf(i));
    checkSize(one, first, nameOf(i));
  });
  return images;
}

/** Makes values of pixels at an address; planes lie `step` elements one after the other. */
type Convert = (y: number, x: number, pixels: number, step: number) => void;

/** Prepares what each byte becomes. */
function prepare(
  memory: PixelMemory,
  means: readonly number[],
  stds: readonly number[],
  layout: Layout,
): Convert {
  const { kernels, tablesAt } = memory;
  const values = new Float32Array(3 * 256);
  const lines = means.map((mean, channel) => {
    const std = stds[channel] as number;
    for (let byte = 0; byte < 256; byte++) values[256 * channel + byte] = (byte / 255 - mean) / std;
    return { scale: 1 / (255 * std), shift: -mean / std };
  });
  const vectors = valueLines(values, lines, layout);
  memory.write(tablesAt, vectors ?? values);
  if (layout === 'nchw') {
    return vectors
      ? (y, x, pixels, step) => kernels.toValues(y, x, tablesAt, pixels, step, 1)
      : (y, x, pixels, step) => kernels.toPlanes(y, x, tablesAt, pixels, step);
  }
  return vectors
    ? (y, x, pixels) => kernels.toValues(y, x, tablesAt, pixels, 4, 3)
    : (y, x, pixels) => kernels.toChannelsLast(y, x, tablesAt, pixels);
}

function writePlanes(
  pixelMemory: PixelMemory,
  y: Uint8Array,
  x: Uint8Array,
  pixels: number,
  convert: Convert,
): void {
  const { input, output, memory } = pixelMemory;
  const isHere = memory.contains(y);
  for (const cut of pixelMemory.cuts(pixels, x, y)) {
    const { start, count, filled } = cut;
    const at = input.load(x, cut, 4);
    if (isHere && count === filled) {
      convert(y.byteOffset + 4 * start, at, count, pixels);
      continue;
    }
    const planesAt = output.placeFor(y, 4 * start);
    convert(planesAt, at, filled, filled);
    for (let channel = 0; channel < 3; channel++) {
      const place = 4 * (channel * pixels + start);
      output.copyOut(y, place, 4 * count, planesAt + 4 * channel * filled);
    }
  }
}

function writeChannelsLast(
  memory: PixelMemory,
  y: Uint8Array,
  x: Uint8Array,
  pixels: number,
  convert: Convert,
): void {
  const { input, output } = memory;
  for (const cut of memory.cuts(pixels, x, y)) {
    const at = output.place(y, cut, 12);
    convert(at, input.load(x, cut, 4), cut.filled, cut.filled);
    output.store(y, cut, 12, at);
  }
}
