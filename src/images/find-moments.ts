import { checkOneOf, checkOptions } from '../checks/options.ts';
import { refuseKind } from '../checks/refuse.ts';
import { F64 } from '../memory/sizes.ts';
import {
  type AnyImage,
  bytesOf,
  checkImageLength,
  checkMask,
  isWordArray,
  readAnyImage,
} from './arguments.ts';
import { ImageMoments } from './image-moments.ts';
import { type PixelMemory, pixelMemoryFor, TILE } from './pixel-memory.ts';
import { RealSums } from './real-sums.ts';
import {
  COLOUR_SPACES,
  type ColourSpace,
  channelCoefficients,
  mixturesIn,
  SPACES,
  type Space,
} from './spaces.ts';
import { WholeSums } from './whole-sums.ts';

/** Options of {@link imageMoments}. */
export interface ImageMomentsOptions {
  /**
   * The channels: 'rgb' (the default), or lightness and two of colour in 'oklab' or in 'lab',
   * which is CIELAB.
   */
  readonly space?: Space | undefined;
  /** A byte for each pixel; those of 0 take no part. */
  readonly mask?: Uint8Array | null | undefined;
}

/**
 * Finds the moments of a picture. Pixels whose alpha is 0 take no part, whatever their colour.
 *
 * @param image RGBA of 8 bits, or in 'rgb' of 16 (a Uint16Array); a byte counts as 257 times
 *   itself, so that moments of both merge
 * @returns moments that `restyle` takes in place of a style, and that merge with others
 * @throws TypeError where the image has no bytes or an option is of the wrong kind; RangeError
 *   where the bytes or the mask don't fit the size.
 * @example
 * import { imageMoments, restyle, tissueMask } from 'wasm-norm';
 *
 * const make = (...bytes: number[]) => ({ data: Uint8ClampedArray.from(bytes), width: 2, height: 1 });
 * const reference = make(90, 60, 120, 255, 160, 130, 170, 255);
 * const slides = [make(70, 80, 90, 255, 140, 120, 130, 255)];
 *
 * const style = imageMoments(reference, { space: 'lab', mask: tissueMask(reference) });
 * const results = slides.map((slide) => restyle(slide, style)); // fitted once, applied to all
 * console.log(results[0]?.data[3]); // 255
 */
export function imageMoments(image: AnyImage, options: ImageMomentsOptions = {}): ImageMoments {
  checkOptions(options, ['space', 'mask']);
  const { space = 'rgb', mask } = options;
  checkOneOf(space, 'space', SPACES);
  const picture = readAnyImage(image, 'image');
  checkMask(mask, 'mask', picture);
  return findMoments(picture, space, mask, 'image');
}

/** Finds the moments of a picture that was checked. */
export function findMoments(
  image: AnyImage,
  space: Space,
  mask: Uint8Array | null | undefined,
  name: string,
): ImageMoments {
  checkImageLength(image, name);
  const shown: Shown = { image, mask: mask ? bytesOf(mask) : null };
  const memory = pixelMemoryFor(image.data);
  if (space === 'rgb') return new ImageMoments(space, findWholeSums(memory, shown));
  if (isWordArray(image.data)) {
    refuseKind(`${name}.data`, `a Uint8ClampedArray or Uint8Array in '${space}'`, image.data);
  }
  return new ImageMoments(space, findRealSums(memory, shown, COLOUR_SPACES[space]));
}

// Float64 of the moments of a tile.
const TILE_SUMS = 10;

/** A picture, and the mask of what is shown of it. */
interface Shown {
  readonly image: AnyImage;
  readonly mask: Uint8Array | null;
}

function findWholeSums(memory: PixelMemory, shown: Shown): WholeSums {
  const { kernels, sumsAt } = memory;
  const isWords = isWordArray(shown.image.data);
  const sums = new BigUint64Array(memory.memory.buffer, sumsAt, 7).fill(0n);
  forEachCut(memory, shown, isWords ? 8 : 4, (at, filled) => {
    if (isWords) kernels.addWordMoments(sumsAt, at, filled);
    else kernels.addByteMoments(sumsAt, at, filled);
  });
  const whole = new WholeSums();
  const [count = 0n, ...rest] = sums;
  whole.add(Number(count), rest.slice(0, 3), rest.slice(3), isWords ? 1n : 257n);
  return whole;
}

function findRealSums(memory: PixelMemory, shown: Shown, space: ColourSpace): RealSums {
  const { kernels, tablesAt, spaceAt, scratchAt, tileSumsAt } = memory;
  memory.write(tablesAt, mixturesIn(space));
  memory.write(spaceAt, channelCoefficients(space));
  const real = new RealSums();
  forEachCut(memory, shown, 4, (at, filled) => {
    kernels.findSpaceMoments(tileSumsAt, at, tablesAt, spaceAt, filled, scratchAt);
    for (let tile = 0; tile < Math.ceil(filled / TILE); tile++) {
      const sums = new Float64Array(
        memory.memory.buffer,
        tileSumsAt + tile * TILE_SUMS * F64,
        TILE_SUMS,
      );
      addSums(real, sums);
    }
  });
  return real;
}

/** Adds the count of a tile, and the base, sum and sum of squares of each channel. */
function addSums(real: RealSums, [count = 0, ...sums]: Float64Array): void {
  if (count === 0) return;
  const means: number[] = [];
  const squares: number[] = [];
  for (let i = 0; i < 9; i += 3) {
    const [base, sum, square] = sums.slice(i, i + 3) as [number, number, number];
    means.push(base + sum / count);
    squares.push(Math.max(0, square - (sum * sum) / count));
  }
  real.add(count, means, squares);
}

/** Gives the address of each cut of pixels, with an alpha of 0 where a mask hides them. */
function forEachCut(
  pixelMemory: PixelMemory,
  { image, mask }: Shown,
  size: 4 | 8,
  work: (at: number, filled: number) => void,
): void {
  const { kernels, input, mask: masks, betweenAt, memory } = pixelMemory;
  const x = bytesOf(image.data);
  const pixels = image.width * image.height;
  const cuts = mask ? pixelMemory.cutsOfPassing(pixels, x) : pixelMemory.cuts(pixels, x);
  for (const cut of cuts) {
    const at = input.load(x, cut, size);
    if (mask === null) {
      work(at, cut.filled);
    } else if (size === 4) {
      kernels.hideByMask(betweenAt, at, masks.load(mask, cut, 1), cut.filled);
      work(betweenAt, cut.filled);
    } else {
      const words = new Uint16Array(memory.buffer, betweenAt, 4 * cut.filled);
      words.set(new Uint16Array(memory.buffer, at, 4 * cut.filled));
      for (let i = 0; i < cut.count; i++) if (mask[cut.start + i] === 0) words[4 * i + 3] = 0;
      work(betweenAt, cut.filled);
    }
  }
}
