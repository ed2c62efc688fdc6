// Pictures that programs make, and the places where their bytes can lie.

import { Arena, type Image, type ImageLike } from '../../src/index.ts';
import { normalFrom, uniformFrom } from './random.ts';

/** The mean and std that torchvision's models were trained with. */
export const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Sizes on both sides of every place where pictures are cut: 16 pixels, and 16384. */
export const SIZES: readonly (readonly [width: number, height: number])[] = [
  [1, 1],
  [3, 5],
  [16, 1],
  [1, 17],
  [33, 31],
  [128, 128],
  [199, 83],
  [129, 255],
];

/** Makes a picture of random bytes, alpha among them; one in `hidden` pixels has an alpha of 0. */
export function randomPicture(width: number, height: number, seed: number, hidden = 7): Image {
  const uniform = uniformFrom(seed);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = Math.floor(256 * uniform());
  for (let i = 3; i < data.length; i += 4) {
    if (uniform() < 1 / hidden) data[i] = 0;
    else if (data[i] === 0) data[i] = 1;
  }
  return { data, width, height };
}

/** Makes a picture of noise around a colour, with some alpha that is not 0. */
export function noise(
  width: number,
  height: number,
  seed: number,
  colour: readonly number[],
  spread: readonly number[],
): Image {
  const normal = normalFrom(seed);
  const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
    i % 4 === 3 ? 1 + (i % 251) : (colour[i % 4] as number) + (spread[i % 4] as number) * normal(),
  );
  return { data, width, height };
}

/** Makes a picture of one row of opaque colours. */
export function row(colours: readonly (readonly number[])[]): Image {
  const data = Uint8ClampedArray.from(colours.flatMap((colour) => [...colour, 255]));
  return { data, width: colours.length, height: 1 };
}

/** Makes a mask that leaves out one in three pixels, more or less. */
export function randomMask({ width, height }: ImageLike, seed: number): Uint8Array {
  const uniform = uniformFrom(seed);
  return Uint8Array.from({ length: width * height }, () =>
    uniform() < 1 / 3 ? 0 : 1 + Math.floor(255 * uniform()),
  );
}

/** Returns the bytes of one channel of the pixels that count. */
export function channelOf(
  { data }: ImageLike,
  channel: number,
  mask?: Uint8Array | null,
): number[] {
  const bytes: number[] = [];
  for (let pixel = 0; pixel < data.length / 4; pixel++) {
    if (data[4 * pixel + 3] === 0 || mask?.[pixel] === 0) continue;
    bytes.push(data[4 * pixel + channel] as number);
  }
  return bytes;
}

const arenas = [new Arena(4 * 2 ** 20), new Arena(4 * 2 ** 20)] as const;

/** Makes bytes in a place, each time after what was made there before. */
type Place = (bytes: ArrayLike<number>) => Uint8ClampedArray | Uint8Array;

/** Each copies bytes. `resetPicturePlaces` empties the arenas. */
export const picturePlaces: Readonly<Record<string, Place>> = {
  'plain bytes': (bytes) => Uint8ClampedArray.from(bytes),
  'a Uint8Array at an odd offset': (bytes) => {
    const memory = new Uint8Array(bytes.length + 20);
    memory.set(bytes, 13);
    return memory.subarray(13, 13 + bytes.length);
  },
  'shared memory': (bytes) => {
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    return shared;
  },
  'an arena': (bytes) => copyInto(arenas[0].image(Math.ceil(bytes.length / 4), 1).data, bytes, 0),
  'an odd place of an arena': (bytes) =>
    copyInto(arenas[0].image(Math.ceil(bytes.length / 4) + 1, 1).data, bytes, 3),
  'another arena': (bytes) =>
    copyInto(arenas[1].image(Math.ceil(bytes.length / 4), 1).data, bytes, 0),
};

export function resetPicturePlaces(): void {
  for (const arena of arenas) arena.reset();
}

function copyInto(
  memory: Uint8ClampedArray,
  bytes: ArrayLike<number>,
  offset: number,
): Uint8ClampedArray {
  memory.set(bytes, offset);
  return memory.subarray(offset, offset + bytes.length);
}

/** Puts a copy of a picture into a place. */
export function putPicture(place: string, { data, width, height }: ImageLike): ImageLike {
  return { data: (picturePlaces[place] as Place)(data), width, height };
}
