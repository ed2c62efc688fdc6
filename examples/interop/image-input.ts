import { type ImageLike, imageToTensor, type Tensor } from 'wasm-norm';

// Of ImageNet: what torchvision's models, and most others of photographs, were trained on.
const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];

/**
 * Makes the input of an image model from pixels of its size: what a canvas returns from
 * getImageData(), a RawImage of transformers.js with four channels, or decoded bytes.
 *
 * @returns (1, 3, height, width), as torchvision's ToTensor and Normalize make it
 */
export function imageToInput(image: ImageLike): Tensor {
  return imageToTensor(image, { mean: MEAN, std: STD });
}
