// What is done with a picture, and what plain float64 makes of it.

import { normalFrom } from '../../test/support/random.ts';

/** An opaque picture, the values that a model wants, and the colours that it is to take. */
export interface PictureJob {
  readonly image: {
    readonly data: Uint8ClampedArray;
    readonly width: number;
    readonly height: number;
  };
  readonly style: {
    readonly data: Uint8ClampedArray;
    readonly width: number;
    readonly height: number;
  };
}

export const MEAN: readonly number[] = [0.485, 0.456, 0.406];
export const STD: readonly number[] = [0.229, 0.224, 0.225];

/** Names of the operations, in the order of reports. */
export const PICTURE_OPERATIONS = [
  'imageToTensor',
  'tensorToImage',
  'imageMoments, RGB',
  'imageMoments, Oklab',
  'imageMoments, CIELAB',
  'restyle, RGB, moments known',
  'restyle, Oklab, moments known',
  'restyle, CIELAB, moments known',
  'restyle, RGB',
  'restyle, Oklab',
  'tissueMask',
] as const;

export type PictureOperation = (typeof PICTURE_OPERATIONS)[number];

/** The bytes that an operation reads and writes for each pixel. */
export function bytesOfPixel(operation: PictureOperation): number {
  if (operation.startsWith('imageMoments')) return 4;
  if (operation === 'tissueMask') return 5;
  return operation.startsWith('restyle') ? 8 : 16;
}

/** How far results of others may be: a byte where two ways of rounding meet, or a few digits. */
export function toleranceOf(operation: PictureOperation): number {
  if (operation === 'imageToTensor') return 1e-5;
  // opencv.js interpolates between the entries of a table.
  if (operation === 'imageMoments, CIELAB') return 0.2;
  return operation.startsWith('imageMoments') ? 1e-4 : 1;
}

/** Makes a picture of a gradient with noise, and a small style. */
export function makeJob(width: number, height: number): PictureJob {
  const draw = (w: number, h: number, seed: number, colour: readonly number[]) => {
    const normal = normalFrom(seed);
    const data = new Uint8ClampedArray(4 * w * h);
    for (let i = 0; i < data.length; i++) {
      const ramp = (60 * (i % (4 * w))) / (4 * w);
      data[i] = i % 4 === 3 ? 255 : (colour[i % 4] as number) + ramp + 18 * normal();
    }
    return { data, width: w, height: h };
  };
  return { image: draw(width, height, 1, [70, 100, 120]), style: draw(400, 300, 2, [120, 90, 60]) };
}
