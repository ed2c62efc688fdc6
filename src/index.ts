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
export { BatchNorm, type BatchNormOptions, batchNorm, batchNormBackward } from './batch-norm.ts';
export type { ChannelNormOptions } from './channel-arguments.ts';
export {
  ChannelMoments,
  type ChannelMomentsJSON,
  type UpdateOptions,
  type VarianceOptions,
} from './channel-moments.ts';
export type {
  ChannelForwardOptions,
  ChannelNorm,
  ChannelNormLayerOptions,
} from './channel-norm.ts';
export type { Gradients } from './gradient.ts';
export {
  GroupNorm,
  type GroupNormLayerOptions,
  type GroupNormOptions,
  groupNorm,
  groupNormBackward,
} from './group-norm.ts';
export {
  type Image,
  type ImageLike,
  type ImageToTensorOptions,
  imageToTensor,
  type TensorToImageOptions,
  tensorToImage,
} from './image.ts';
export {
  InstanceNorm,
  type InstanceNormOptions,
  instanceNorm,
  instanceNormBackward,
} from './instance-norm.ts';
export type { ForwardOptions, Layer, LoadStateDictOptions } from './layer.ts';
export {
  LayerNorm,
  type LayerNormLayerOptions,
  type LayerNormOptions,
  layerNorm,
  layerNormBackward,
} from './layer-norm.ts';
export { type RestyleOptions, restyle } from './restyle.ts';
export {
  RMSNorm,
  type RMSNormLayerOptions,
  type RMSNormOptions,
  rmsNorm,
  rmsNormBackward,
} from './rms-norm.ts';
export { readSafetensors, writeSafetensors } from './safetensors.ts';
export type { Layout } from './shape.ts';
export { Tensor, type TensorLike } from './tensor.ts';
export type { NormalizedShape } from './trailing-norm.ts';
