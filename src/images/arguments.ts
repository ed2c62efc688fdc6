import { checkCount } from '../checks/options.ts';
import { checkObject, refuseKind, refuseValue } from '../checks/refuse.ts';
import type { ImageLike } from '../tensor/image-like.ts';
import { kindOf, lengthOf } from '../tensor/typed-array.ts';

/** A picture of 8 or 16 bits a channel. */
export interface AnyImage {
  /** 4 * width * height bytes, or as many whole numbers of 16 bits. */
  readonly data: Uint8ClampedArray | Uint8Array | Uint16Array;
  /** In pixels, at least 1. */
  readonly width: number;
  /** In pixels, at least 1. */
  readonly height: number;
}

/**
 * Reads an image argument once.
 *
 * @throws TypeError, RangeError naming the argument.
 */
export function readImage(image: unknown, name: string): ImageLike {
  checkObject(image, name, '{ data, width, height }');
  const { data, width, height } = image;
  checkBytes(data, name);
  checkCount(width, `${name}.width`);
  checkCount(height, `${name}.height`);
  const read = { data, width, height };
  checkImageLength(read, name);
  return read;
}

/** Reads an image argument of 8 or 16 bits once. */
export function readAnyImage(image: unknown, name: string): AnyImage {
  checkObject(image, name, '{ data, width, height }');
  const { data, width, height } = image;
  if (!isWordArray(data)) return readImage({ data, width, height }, name);
  checkCount(width, `${name}.width`);
  checkCount(height, `${name}.height`);
  const read = { data, width, height };
  checkImageLength(read, name);
  return read;
}

/**
 * Refuses an image whose bytes don't fit its size. What fitted before may not fit any more: a
 * getter that was read after them can have detached or shrunk their buffer.
 */
export function checkImageLength({ data, width, height }: AnyImage, name: string): void {
  const length = lengthOf(data);
  if (length === 4 * width * height) return;
  refuseValue(
    `${name}.data`,
    `${4 * width * height} bytes for ${width} x ${height} RGBA pixels`,
    length,
  );
}

/** Says whether an array has 16 bits a channel. */
export function isWordArray(value: unknown): value is Uint16Array {
  return kindOf(value) === 'Uint16Array';
}

/** Refuses a mask that is no byte for each pixel. Without one there is none to refuse. */
export function checkMask(
  mask: unknown,
  name: string,
  { width, height }: Sized,
): asserts mask is Uint8Array | null | undefined {
  if (mask === null || mask === undefined) return;
  if (!isByteArray(mask)) refuseKind(name, 'a Uint8Array', mask);
  const length = lengthOf(mask);
  if (length === width * height) return;
  refuseValue(name, `${width * height} bytes for ${width} x ${height} pixels`, length);
}

/** Refuses an image of another size. */
export function checkSize(image: Sized, { width, height }: Sized, name: string): void {
  if (image.width === width && image.height === height) return;
  refuseValue(name, `${width} x ${height} pixels`, `${image.width} x ${image.height}`);
}

/** Returns the bytes of an array of any kind, which may be of another realm or a subclass. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

interface Sized {
  readonly width: number;
  readonly height: number;
}

function checkBytes(data: unknown, name: string): asserts data is Uint8ClampedArray | Uint8Array {
  if (!isByteArray(data)) {
    refuseKind(`${name}.data`, 'a Uint8ClampedArray or Uint8Array', data);
  }
}

function isByteArray(value: unknown): value is Uint8ClampedArray | Uint8Array {
  const kind = kindOf(value);
  return kind === 'Uint8ClampedArray' || kind === 'Uint8Array';
}
