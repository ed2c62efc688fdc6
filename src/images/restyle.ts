import { checkInterval, checkOneOf, checkOptions } from '../checks/options.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import type { Image, ImageLike } from '../tensor/image-like.ts';
import { refusePartialOverlap, refuseSharing } from '../tensor/overlap.ts';
import {
  type AnyImage,
  bytesOf,
  checkImageLength,
  checkMask,
  checkSize,
  readAnyImage,
  readImage,
} from './arguments.ts';
import { findMoments } from './find-moments.ts';
import { areMoments, checkSpace, type ImageMoments, readMoments } from './image-moments.ts';
import { byteLines } from './lines.ts';
import { type PixelMemory, pixelMemoryFor } from './pixel-memory.ts';
import {
  type ChannelScaling,
  COLOUR_SPACES,
  mixturesIn,
  recolourCoefficients,
  SPACES,
  type Space,
} from './spaces.ts';
import { sharedSrgb } from './srgb.ts';

/** Options of {@link restyle}. */
export interface RestyleOptions<Out extends ImageLike = Image> {
  /** From 0, the content byte for byte, to 1 (the default), the style's colours. */
  readonly strength?: number | undefined;
  /**
   * The channels that are matched: 'rgb', the default; 'oklab', lightness and two of colour; or
   * 'lab', which is CIELAB. With a style of moments it is theirs.
   */
  readonly space?: Space | undefined;
  /** A byte for each pixel of the content; those of 0 take no part and come out as they were. */
  readonly contentMask?: Uint8Array | null | undefined;
  /** A byte for each pixel of the style; those of 0 take no part. */
  readonly styleMask?: Uint8Array | null | undefined;
  /**
   * The moments of the content in the same space, where they are known: of a picture that is
   * restyled again with another strength, or of the whole of which the content is a part.
   */
  readonly contentMoments?: ImageMoments | null | undefined;
  /** Where the result goes: a picture of the content's size, which may be the content itself. */
  readonly out?: Out | null | undefined;
}

// A spread of less is what rounding may leave of a flat channel.
const LEAST_SPREAD: Readonly<Record<Space, number>> = { rgb: 0, oklab: 1e-6, lab: 1e-4 };

/**
 * Gives a photograph the colours of another: each channel takes on the mean and standard
 * deviation that it has in the style. A channel that has no spread in content or style is only
 * shifted. Pixels whose alpha is 0 take no part and come out as they were.
 *
 * That is adaptive instance normalization of the picture itself, and in a space of lightness
 * and colour the colour transfer of Reinhard, Ashikhmin, Gooch and Shirley: Color Transfer
 * between Images (2001). With 'lab' and masks of the tissue it is the stain normalization that
 * pathologists know by Reinhard's name.
 *
 * @param content the photograph to recolour, RGBA bytes
 * @param style the one whose colours it takes, of any size; or its moments
 * @returns `out` or a new image of the content's size, with the content's alpha
 * @throws TypeError where an image has no bytes or an option is of the wrong kind; RangeError
 *   where bytes or a mask don't fit a size, moments have another space, an option is out of
 *   range, or no pixel of the style takes part.
 * @example
 * import { restyle } from 'wasm-norm';
 *
 * const photo = { data: Uint8Array.of(10, 20, 30, 255, 50, 40, 90, 255), width: 2, height: 1 };
 * const painting = { data: Uint8Array.of(90, 80, 70, 255, 250, 120, 70, 255), width: 2, height: 1 };
 * console.log(restyle(photo, painting).data); // 90, 80, 40, 255, 250, 120, 100, 255
 * const result = restyle(photo, painting, { strength: 0.7, space: 'oklab' });
 */
export function restyle<Out extends ImageLike = Image>(
  content: ImageLike,
  style: AnyImage | ImageMoments,
  options: RestyleOptions<Out> = {},
): Out {
  const call = readCall(content, style, options);
  const { picture, contentMask, result, strength, space, model } = call;
  const styleMoments = model
    ? findMoments(model, space, call.styleMask, 'style')
    : call.styleMoments;
  if (styleMoments.count === 0) refuseValue('style', 'at least one pixel that takes part', 0);
  const moments = call.contentMoments ?? findMoments(picture, space, contentMask, 'content');

  const { width, height } = picture;
  const data = result?.data ?? new Uint8ClampedArray(4 * width * height);
  if (strength === 0 || moments.count === 0) {
    bytesOf(data).set(bytesOf(picture.data));
  } else {
    const lines = linesBetween(moments, styleMoments, strength);
    const memory = pixelMemoryFor(data, picture.data);
    const recolour = space === 'rgb' ? ofBytes(memory, lines) : inSpace(memory, space, lines);
    const mask = contentMask ? bytesOf(contentMask) : null;
    recolourCuts(memory, bytesOf(data), bytesOf(picture.data), mask, recolour);
  }
  return (call.out ?? { data, width, height }) as Out;
}

/** The arguments of a call, each read once and checked. */
type Call = {
  readonly picture: ImageLike;
  readonly contentMask: Uint8Array | null | undefined;
  readonly contentMoments: ImageMoments | null;
  readonly styleMask: Uint8Array | null | undefined;
  readonly strength: number;
  readonly space: Space;
  readonly out: unknown;
  readonly result: ImageLike | null;
} & (
  | { readonly model: AnyImage; readonly styleMoments: null }
  | { readonly model: null; readonly styleMoments: ImageMoments }
);

function readCall(content: unknown, style: unknown, options: RestyleOptions<ImageLike>): Call {
  checkOptions(options, ['strength', 'space', 'contentMask', 'styleMask', 'contentMoments', 'out']);
  const { strength = 1, space: wanted, contentMask, styleMask, contentMoments, out } = options;
  checkInterval(strength, 'strength', 0, 1);
  if (wanted !== undefined) checkOneOf(wanted, 'space', SPACES);
  const fitted = areMoments(style) ? readMoments(style, 'style') : null;
  const known = isGiven(contentMoments) ? readMoments(contentMoments, 'contentMoments') : null;
  const space = wanted ?? fitted?.space ?? known?.space ?? 'rgb';
  if (known) checkSpace(known, space, 'contentMoments');
  if (fitted) checkSpace(fitted, space, 'style');
  if (fitted && isGiven(styleMask)) {
    refuseKind('styleMask', 'none where the style is moments', styleMask);
  }

  const model = fitted ? null : readAnyImage(style, 'style');
  const picture = readImage(content, 'content');
  const result = isGiven(out) ? readImage(out, 'out') : null;
  // Once more: a getter that was read later may have shrunk what was read before.
  checkImageLength(picture, 'content');
  checkMask(contentMask, 'contentMask', picture);
  if (model) {
    checkImageLength(model, 'style');
    checkMask(styleMask, 'styleMask', model);
  }
  if (result) {
    checkSize(result, picture, 'out');
    refusePartialOverlap('out', result.data, 'content', picture.data);
    if (contentMask) refuseSharing('out', result.data, 'contentMask', contentMask);
  }
  const rest = {
    picture,
    contentMask,
    contentMoments: known,
    styleMask,
    strength,
    space,
    out,
    result,
  };
  return model
    ? { ...rest, model, styleMoments: null }
    : { ...rest, model: null, styleMoments: fitted as ImageMoments };
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

/** Returns the line of each channel that gives it the style's mean and deviation. */
function linesBetween(
  content: ImageMoments,
  style: ImageMoments,
  strength: number,
): readonly ChannelScaling[] {
  const least = LEAST_SPREAD[content.space];
  const [means, stds] = [content.mean, content.std()];
  const [styleMeans, styleStds] = [style.mean, style.std()];
  return Array.from(means, (mean, i) => {
    const std = stds[i] as number;
    const styleStd = styleStds[i] as number;
    const ratio = std > least && styleStd > least ? styleStd / std : 1;
    return {
      scale: 1 + strength * (ratio - 1),
      shift: strength * ((styleMeans[i] as number) - ratio * mean),
    };
  });
}

/** Recolours pixels at an address, and writes them to another. */
type Recolour = (y: number, x: number, pixels: number) => void;

/** Prepares recolouring by what each byte becomes, rounded from float64. */
function ofBytes(memory: PixelMemory, lines: readonly ChannelScaling[]): Recolour {
  const { kernels, tablesAt } = memory;
  const bytes = new Uint8ClampedArray(3 * 256);
  const wide = lines.map(({ scale, shift }) => ({ scale, shift: 255 * shift }));
  wide.forEach(({ scale, shift }, i) => {
    for (let byte = 0; byte < 256; byte++) bytes[256 * i + byte] = byte * scale + shift;
  });
  const vectors = byteLines(bytes, wide);
  if (vectors) {
    memory.write(tablesAt, vectors);
    return (y, x, pixels) => kernels.recolourByLines(y, x, tablesAt, pixels);
  }
  memory.write(
    tablesAt,
    Uint32Array.from(bytes, (byte, i) => byte << (8 * (i >> 8))),
  );
  return (y, x, pixels) => kernels.recolour(y, x, tablesAt, pixels);
}

/** Prepares recolouring by lines in a space of lightness and colour. */
function inSpace(
  memory: PixelMemory,
  name: Exclude<Space, 'rgb'>,
  lines: readonly ChannelScaling[],
): Recolour {
  const { kernels, tablesAt, codesAt, spaceAt } = memory;
  const space = COLOUR_SPACES[name];
  memory.write(tablesAt, mixturesIn(space));
  memory.write(codesAt, sharedSrgb().codes);
  memory.write(spaceAt, recolourCoefficients(space, lines));
  return (y, x, pixels) => kernels.recolourInSpace(y, x, tablesAt, codesAt, spaceAt, pixels);
}

function recolourCuts(
  memory: PixelMemory,
  y: Uint8Array,
  x: Uint8Array,
  mask: Uint8Array | null,
  recolour: Recolour,
): void {
  const { kernels, input, output, mask: masks, betweenAt } = memory;
  const pixels = x.length / 4;
  const cuts = mask ? memory.cutsOfPassing(pixels, x, y) : memory.cuts(pixels, x, y);
  for (const cut of cuts) {
    const from = input.load(x, cut, 4);
    const to = output.place(y, cut, 4);
    if (mask === null) {
      recolour(to, from, cut.filled);
    } else {
      recolour(betweenAt, from, cut.filled);
      kernels.chooseByMask(to, betweenAt, from, masks.load(mask, cut, 1), cut.filled);
    }
    output.store(y, cut, 4, to);
  }
}
