import { randomPicture } from '../pictures.ts';

/** Numbers of pixels that kernels take: multiples of 16, around blocks of 1024. */
export const PIXELS: readonly number[] = [16, 32, 48, 1008, 1024, 1040, 2064];

/** Makes that many pixels, one in seven of them with an alpha of 0. */
export function pixelsOf(count: number): Uint8ClampedArray {
  return randomPicture(count, 1, count).data;
}
