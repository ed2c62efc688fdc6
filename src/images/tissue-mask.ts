import { checkInterval, checkOptions } from '../checks/options.ts';
import type { ImageLike } from '../tensor/image-like.ts';
import { bytesOf, readImage } from './arguments.ts';
import { pixelMemoryFor } from './pixel-memory.ts';
import { COLOUR_SPACES } from './spaces.ts';
import { sharedSrgb } from './srgb.ts';

/** Options of {@link tissueMask}. */
export interface TissueMaskOptions {
  /** The lightness, 0 to 1, from which on a pixel is empty slide; 0.8 by default. */
  readonly threshold?: number | undefined;
}

/**
 * Tells the tissue of a stained slide from the empty glass around it, so that only tissue takes
 * part in `imageMoments` and `restyle`.
 *
 * Tissue is what is darker than a threshold: the lightness of CIELAB, over 100, is less. That is
 * the luminosity threshold of StainTools, LuminosityThresholdTissueLocator, with its default
 * (https://github.com/Peter554/StainTools), which takes it from Vahadane et al.:
 * Structure-Preserving Color Normalization and Sparse Stain Separation for Histological Images
 * (2016). Pixels whose alpha is 0 are no tissue. Where there is none, the mask is all 0, and
 * `restyle` leaves the picture alone.
 *
 * @param image RGBA bytes
 * @returns a byte for each pixel, 1 for tissue, else 0
 * @throws TypeError where the image has no bytes or the threshold is none; RangeError where the
 *   bytes don't fit the size, or the threshold is not from 0 to 1.
 * @example
 * import { tissueMask } from 'wasm-norm';
 *
 * // A pixel of tissue, and one of empty slide.
 * const slide = { data: Uint8Array.of(150, 90, 160, 255, 245, 244, 246, 255), width: 2, height: 1 };
 * console.log(tissueMask(slide)); // 1, 0
 */
export function tissueMask(
  image: ImageLike,
  options: TissueMaskOptions = {},
): ReturnType<typeof Uint8Array.of> {
  checkOptions(options, ['threshold']);
  const { threshold = 0.8 } = options;
  checkInterval(threshold, 'threshold', 0, 1);
  const { data, width, height } = readImage(image, 'image');

  const mask = new Uint8Array(width * height);
  const memory = pixelMemoryFor(data);
  const { kernels, tablesAt, input, output } = memory;
  memory.write(tablesAt, luminanceTables());
  const least = luminanceOf(threshold);
  const x = bytesOf(data);
  for (const cut of memory.cutsOfPassing(mask.length, x)) {
    const at = output.place(mask, cut, 1);
    kernels.findTissue(at, input.load(x, cut, 4), tablesAt, cut.filled, least);
    output.store(mask, cut, 1, at);
  }
  return mask;
}

/** Returns what each byte of red, green and blue adds to the luminance. */
function luminanceTables(): Float32Array {
  const { light } = sharedSrgb();
  const [, [red, blue]] = COLOUR_SPACES.lab.mixtures as [unknown, readonly [number, number]];
  return Float32Array.from(
    [red, 1 - red - blue, blue].flatMap((share) => Array.from(light, (value) => share * value)),
  );
}

/** Returns the luminance, 0 to 1, of a lightness. */
function luminanceOf(lightness: number): number {
  const [least, shift, slope] = COLOUR_SPACES.lab.power;
  const root = (100 * lightness + 16) / 116;
  return root > least ? root * root * root : (root - shift) * slope;
}
