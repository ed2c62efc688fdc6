/**
 * Normalization layers for every JavaScript runtime, with PyTorch's semantics.
 *
 * @example
 * import { instanceNorm, Tensor } from 'wasm-norm';
 *
 * const x = new Tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3]);
 * const y = instanceNorm(x); // each channel: mean 0, variance 1
 *
 * @module
 */

export {
  type AdaptiveInstanceNormOptions,
  adaptiveInstanceNorm,
} from './adaptive-instance-norm.ts';
export { Arena } from './arena.ts';
export {
  type Image,
  type ImageLike,
  type ImageToTensorOptions,
  imageToTensor,
  type TensorToImageOptions,
  tensorToImage,
} from './image.ts';
export {
  type ForwardOptions,
  InstanceNorm,
  type InstanceNormLayerOptions,
  type InstanceNormOptions,
  instanceNorm,
} from './instance-norm.ts';
export { type RestyleOptions, restyle } from './restyle.ts';
export type { Layout } from './shape.ts';
export { Tensor, type TensorLike } from './tensor.ts';
