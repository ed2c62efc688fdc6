import { describe } from '../checks/describe.ts';
import { checkCount, checkFinite, checkOptions } from '../checks/options.ts';
import { checkObject, refuseKind, refuseValue } from '../checks/refuse.ts';
import { checkLayout, type Layout } from '../tensor/channels.ts';
import { readTensor, Tensor, type TensorLike } from '../tensor/tensor.ts';
import { kindOf, lengthOf } from '../tensor/typed-array.ts';

/** Anything shaped like ImageData: rows of RGBA bytes, the top row first. */
export interface ImageLike {
  /** 4 * width * height bytes. */
  readonly data: Uint8ClampedArray | Uint8Array;
  /** In pixels, at least 1. */
  readonly width: number;
  /** In pixels, at least 1. */
  readonly height: number;
}

/** RGBA bytes, as `new ImageData(data, width, height)` takes them. */
export interface Image extends ImageLike {
  // A Uint8ClampedArray<ArrayBuffer>, which TypeScript before 5.7 can't say.
  /** 4 * width * height bytes. */
  readonly data: ReturnType<typeof Uint8ClampedArray.of>;
}

/** Options of {@link imageToTensor}. */
export interface ImageToTensorOptions {
  /** Subtracted from each channel's values of 0 to 1; one number or three; 0 by default. */
  readonly mean?: number | readonly number[] | undefined;
  /** Divides the differences; one number or three; 1 by default. */
  readonly std?: number | readonly number[] | undefined;
  /** Where the channels lie; 'nchw' by default. */
  readonly layout?: Layout | undefined;
}

/** Options of {@link tensorToImage}. */
export interface TensorToImageOptions {
  /** The mean that {@link imageToTensor} subtracted. */
  readonly mean?: number | readonly number[] | undefined;
  /** The standard deviation that it divided by. */
  readonly std?: number | readonly number[] | undefined;
  /** Where the channels lie; 'nchw' by default. */
  readonly layout?: Layout | undefined;
}

const OPTIONS = ['mean', 'std', 'layout'];

/**
 * Makes a (1, 3, height, width) tensor of an image's red, green and blue, each
 * (byte / 255 - mean) / std: torchvision's ToTensor and Normalize. Alpha is left
 * out.
 *
 * @param image RGBA bytes; ImageData, for example
 * @throws TypeError where the image has no bytes or a number is none; RangeError
 *   where the bytes don't fit the size, or std is 0.
 * @example
 * const x = imageToTensor(context.getImageData(0, 0, 224, 224), {
 *   mean: [0.485, 0.456, 0.406],
 *   std: [0.229, 0.224, 0.225],
 * });
 */
export function imageToTensor(image: ImageLike, options: ImageToTensorOptions = {}): Tensor {
  const { means, stds, layout } = readOptions(options);
  const { data, width, height } = readImage(image, 'image');
  const pixels = width * height;
  const values = new Float32Array(3 * pixels);
  const table = new Float32Array(256);
  for (let channel = 0; channel < 3; channel++) {
    for (let byte = 0; byte < 256; byte++) {
      table[byte] = (byte / 255 - (means[channel] as number)) / (stds[channel] as number);
    }
    const { start, step } = channelStride(layout, channel, pixels);
    for (let pixel = 0; pixel < pixels; pixel++) {
      values[start + pixel * step] = table[data[pixel * 4 + channel] as number] as number;
    }
  }
  return new Tensor(values, layout === 'nchw' ? [1, 3, height, width] : [1, height, width, 3]);
}

/**
 * Makes an opaque image of a tensor's three channels: the inverse of
 * {@link imageToTensor}. Values beyond 0 to 255 are clamped, halves go to the
 * even byte, NaN becomes 0.
 *
 * @param tensor (1, 3, height, width) or (3, height, width); in 'nhwc' the 3 is last
 * @throws TypeError, RangeError as {@link imageToTensor} does.
 */
export function tensorToImage(tensor: TensorLike, options: TensorToImageOptions = {}): Image {
  const { means, stds, layout } = readOptions(options);
  const { data, shape } = readTensor(tensor, 'tensor');
  const { width, height } = pictureSize(shape, layout);
  const pixels = width * height;
  const bytes = new Uint8ClampedArray(4 * pixels).fill(255);
  for (let channel = 0; channel < 3; channel++) {
    const { start, step } = channelStride(layout, channel, pixels);
    const scale = 255 * (stds[channel] as number);
    const shift = 255 * (means[channel] as number);
    for (let pixel = 0; pixel < pixels; pixel++) {
      bytes[pixel * 4 + channel] = (data[start + pixel * step] as number) * scale + shift;
    }
  }
  return { data: bytes, width, height };
}

/**
 * Reads an image argument once.
 *
 * @throws TypeError, RangeError naming the argument.
 */
export function readImage(image: unknown, name: string): ImageLike {
  checkObject(image, name, '{ data, width, height }');
  const { data, width, height } = image;
  if (!isByteArray(data)) {
    refuseKind(`${name}.data`, 'a Uint8ClampedArray or Uint8Array', data);
  }
  checkCount(width, `${name}.width`);
  checkCount(height, `${name}.height`);
  const length = lengthOf(data);
  if (length !== 4 * width * height) {
    refuseValue(
      `${name}.data`,
      `${4 * width * height} bytes for ${width} x ${height} RGBA pixels`,
      length,
    );
  }
  return { data, width, height };
}

function isByteArray(value: unknown): value is Uint8ClampedArray | Uint8Array {
  const kind = kindOf(value);
  return kind === 'Uint8ClampedArray' || kind === 'Uint8Array';
}

interface ReadOptions {
  readonly means: readonly number[];
  readonly stds: readonly number[];
  readonly layout: Layout;
}

function readOptions(options: ImageToTensorOptions): ReadOptions {
  checkOptions(options, OPTIONS);
  const { mean = 0, std = 1, layout = 'nchw' } = options;
  const means = readTriple(mean, 'mean');
  const stds = readTriple(std, 'std');
  if (stds.includes(0)) refuseValue('std', 'numbers other than 0', 0);
  checkLayout(layout);
  return { means, stds, layout };
}

function readTriple(value: unknown, name: string): readonly number[] {
  const triple: readonly unknown[] = Array.isArray(value) ? [...value] : [value, value, value];
  if (triple.length !== 3) {
    refuseValue(name, 'one number or three', triple.length);
  }
  for (const item of triple) checkFinite(item, name);
  return triple as readonly number[];
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

function channelStride(
  layout: Layout,
  channel: number,
  pixels: number,
): { readonly start: number; readonly step: number } {
  return layout === 'nchw' ? { start: channel * pixels, step: 1 } : { start: channel, step: 3 };
}
