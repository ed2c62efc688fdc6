// Oklab, a colour space in which equal steps look equal and lightness is apart
// from colour. Björn Ottosson, "A perceptual color space for image processing"
// (2020); the matrices are those of its revision of 2021-01-25.

import { Tensor } from '../tensor/tensor.ts';
import type { Image, ImageLike } from './image.ts';
import { cubeRoot } from './roots.ts';
import { sharedSrgb } from './srgb.ts';

/** Makes a (1, 3, height, width) tensor of an image's lightness, a (green to red) and b (blue to yellow). */
export function imageToOklab({ data, width, height }: ImageLike): Tensor {
  const { linearOfByte } = sharedSrgb();
  const pixels = width * height;
  const values = new Float32Array(3 * pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const red = linearOfByte[data[pixel * 4] as number] as number;
    const green = linearOfByte[data[pixel * 4 + 1] as number] as number;
    const blue = linearOfByte[data[pixel * 4 + 2] as number] as number;
    const long = cubeRoot(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
    const medium = cubeRoot(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
    const short = cubeRoot(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
    values[pixel] = 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short;
    values[pixels + pixel] = 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short;
    values[2 * pixels + pixel] = 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short;
  }
  return new Tensor(values, [1, 3, height, width]);
}

/** Makes an opaque image of a (1, 3, height, width) tensor; colours beyond sRGB are clamped. */
export function oklabToImage(tensor: Tensor): Image {
  const [, , height, width] = tensor.shape as [number, number, number, number];
  const srgb = sharedSrgb();
  const pixels = width * height;
  const values = tensor.data;
  const bytes = new Uint8ClampedArray(4 * pixels).fill(255);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const lightness = values[pixel] as number;
    const a = values[pixels + pixel] as number;
    const b = values[2 * pixels + pixel] as number;
    const long = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
    const medium = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
    const short = cube(lightness - 0.0894841775 * a - 1.291485548 * b);
    const red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short;
    const green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short;
    const blue = -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short;
    bytes[pixel * 4] = srgb.byteOfLinear(red);
    bytes[pixel * 4 + 1] = srgb.byteOfLinear(green);
    bytes[pixel * 4 + 2] = srgb.byteOfLinear(blue);
  }
  return { data: bytes, width, height };
}

function cube(x: number): number {
  return x * x * x;
}
