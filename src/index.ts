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
  type FileOf,
  type FileSlice,
  type OpenSafetensors,
  type OpenSafetensorsOptions,
  openSafetensors,
  type SafetensorsIndex,
  type SliceableFile,
  type TensorInfo,
} from './checkpoints/open-safetensors.ts';
export {
  type ReadSafetensorsOptions,
  readSafetensors,
  type SafetensorsDict,
} from './checkpoints/read-safetensors.ts';
export type { KeptDtypes } from './checkpoints/safetensors-dtypes.ts';
export type { Metadata } from './checkpoints/safetensors-header.ts';
export type { LoadedKeys } from './checkpoints/state-dict.ts';
export {
  type WriteSafetensorsOptions,
  writeSafetensors,
} from './checkpoints/write-safetensors.ts';
export type { AnyImage } from './images/arguments.ts';
export { type ImageMomentsOptions, imageMoments } from './images/find-moments.ts';
export { ImageMoments, type ImageMomentsJSON } from './images/image-moments.ts';
export { type ImageToTensorOptions, imageToTensor } from './images/image-to-tensor.ts';
export type { NormalizationOptions } from './images/normalization.ts';
export type { RealSumsJSON } from './images/real-sums.ts';
export { type RestyleOptions, restyle } from './images/restyle.ts';
export type { Space } from './images/spaces.ts';
export { type TensorToImageOptions, tensorToImage } from './images/tensor-to-image.ts';
export { type TissueMaskOptions, tissueMask } from './images/tissue-mask.ts';
export type { WholeSumsJSON } from './images/whole-sums.ts';
export { ready } from './kernels/ready.ts';
export {
  type AdaptiveInstanceNormOptions,
  adaptiveInstanceNorm,
} from './layers/adaptive-instance-norm.ts';
export {
  BatchNorm,
  type BatchNormOptions,
  batchNorm,
  batchNormBackward,
} from './layers/batch-norm.ts';
export {
  BatchNormSums,
  type BatchNormSumsJSON,
  type BatchNormSumsLike,
  type BatchNormSumsOptions,
} from './layers/batch-norm-sums.ts';
export type {
  ChannelBackwardOptions,
  ChannelForwardOptions,
  ChannelLayer,
  ChannelLayerOptions,
} from './layers/channel-layer.ts';
export type { ChannelNormOptions } from './layers/channel-options.ts';
export { type FoldBatchNormOptions, type Folded, foldBatchNorm } from './layers/fold-batch-norm.ts';
export {
  GroupNorm,
  type GroupNormLayerOptions,
  type GroupNormOptions,
  groupNorm,
  groupNormBackward,
} from './layers/group-norm.ts';
export {
  InstanceNorm,
  type InstanceNormOptions,
  instanceNorm,
  instanceNormBackward,
} from './layers/instance-norm.ts';
export type {
  BackwardOptions,
  ForwardOptions,
  Layer,
  LoadStateDictOptions,
} from './layers/layer.ts';
export {
  LayerNorm,
  type LayerNormLayerOptions,
  type LayerNormOptions,
  layerNorm,
  layerNormBackward,
} from './layers/layer-norm.ts';
export { type NormalizeOptions, normalize, normalizeBackward } from './layers/normalize.ts';
export {
  RevIN,
  type RevINCallOptions,
  type RevINNormalizeOptions,
  type RevINOptions,
} from './layers/revin.ts';
export {
  RMSNorm,
  type RMSNormLayerOptions,
  type RMSNormOptions,
  rmsNorm,
  rmsNormBackward,
} from './layers/rms-norm.ts';
export type {
  DeviationOptions,
  EpsModeOption,
  OutRstdOption,
  StatisticsOptions,
} from './layers/statistics-options.ts';
export {
  type SyncBatchNormOptions,
  syncBatchNorm,
  syncBatchNormBackward,
} from './layers/sync-batch-norm.ts';
export type { AxesOption, ElementsMaskOption, NormalizedShape } from './layers/trailing-options.ts';
export type { Gradients } from './passes/gradients.ts';
export {
  ChannelMoments,
  type ChannelMomentsJSON,
  type ChannelMomentsLike,
  type UpdateOptions,
  type VarianceOptions,
} from './statistics/channel-moments.ts';
export type { EpsMode } from './statistics/deviation.ts';
export { Arena } from './tensor/arena.ts';
export type { Layout } from './tensor/channels.ts';
export type { Image, ImageLike } from './tensor/image-like.ts';
export type { Mask, MaskOption } from './tensor/mask.ts';
export type { Parameter, Weights } from './tensor/parameters.ts';
export {
  type AnyData,
  type AnyTensor,
  type Dtype,
  type ElementType,
  type Float16Data,
  type FloatData,
  type Plain,
  Tensor,
  type TensorData,
  type TensorLike,
  type TensorOptions,
} from './tensor/tensor.ts';
export { SharedArena, type SharedArenaOptions, type WorkerUrl } from './workers/shared-arena.ts';
