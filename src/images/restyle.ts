import { checkInterval, checkOneOf, checkOptions } from '../checks/options.ts';
import { adaptiveInstanceNorm } from '../layers/adaptive-instance-norm.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { type Image, type ImageLike, imageToTensor, readImage, tensorToImage } from './image.ts';
import { imageToOklab, oklabToImage } from './oklab.ts';

/** Options of {@link restyle}. */
export interface RestyleOptions {
  /** From 0, the content byte for byte, to 1 (the default), the style's colours. */
  readonly strength?: number | undefined;
  /** The channels that are matched: 'rgb' (the default), or 'oklab', lightness and two of colour. */
  readonly space?: 'rgb' | 'oklab' | undefined;
}

interface Space {
  readonly toTensor: (image: ImageLike) => Tensor;
  readonly toImage: (tensor: Tensor) => Image;
}

const SPACES: Readonly<Record<'rgb' | 'oklab', Space>> = {
  rgb: { toTensor: (image) => imageToTensor(image), toImage: (tensor) => tensorToImage(tensor) },
  oklab: { toTensor: imageToOklab, toImage: oklabToImage },
};

/**
 * Gives a photograph the colours of another: each channel takes on the mean and
 * standard deviation that it has in the style.
 *
 * That is adaptive instance normalization of the picture itself, and in a space
 * of lightness and colour the colour transfer of Reinhard, Ashikhmin, Gooch and
 * Shirley: Color Transfer between Images (2001).
 *
 * @param content the photograph to recolour, RGBA bytes
 * @param style the one whose colours it takes, of any size; its alpha is left out
 * @returns an image of the content's size, with the content's alpha
 * @throws TypeError where an image has no bytes or an option is of the wrong
 *   kind; RangeError where the bytes don't fit the size, or an option is out of
 *   range.
 * @example
 * const result = restyle(photo, painting, { strength: 0.7, space: 'oklab' });
 */
export function restyle(content: ImageLike, style: ImageLike, options: RestyleOptions = {}): Image {
  checkOptions(options, ['strength', 'space']);
  const { strength = 1, space = 'rgb' } = options;
  const model = readImage(style, 'style');
  const picture = readImage(content, 'content');
  // Once more: a getter of the content may have shrunk the style.
  readImage(model, 'style');
  checkInterval(strength, 'strength', 0, 1);
  checkOneOf(space, 'space', Object.keys(SPACES));
  if (strength === 0) return { ...picture, data: new Uint8ClampedArray(picture.data) };
  const { toTensor, toImage } = SPACES[space];
  const x = toTensor(picture);
  adaptiveInstanceNorm(x, toTensor(model), { alpha: strength, eps: 0, out: x });
  const result = toImage(x);
  for (let at = 3; at < result.data.length; at += 4) result.data[at] = picture.data[at] as number;
  return result;
}
