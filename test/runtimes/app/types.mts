// A program that uses types of every kind, for each TypeScript that reads the declarations.

import {
  Arena,
  ChannelMoments,
  type Image,
  InstanceNorm,
  imageToTensor,
  instanceNorm,
  layerNorm,
  readSafetensors,
  restyle,
  Tensor,
  type TensorLike,
  tensorToImage,
  writeSafetensors,
} from 'wasm-norm';

const x = new Tensor(new Float32Array(8), [1, 2, 4]);
const y: Float32Array = instanceNorm(x, { eps: 1e-3 }).data;
const like: TensorLike = { data: y, dims: [1, 2, 4] };
const norm = new InstanceNorm(2, { affine: true });
const gradient: Float32Array = norm.backward(norm.forward(like)).input.data;
const file: Uint8Array = writeSafetensors(norm.stateDict());
const weight: Float32Array | undefined = readSafetensors(file).weight?.data;
const pixel: Image = tensorToImage(imageToTensor({ data: new Uint8Array(4), width: 1, height: 1 }));
const bytes: Uint8ClampedArray = restyle(pixel, pixel, { space: 'oklab' }).data;
const lying: Tensor = new Arena(1024).tensor(layerNorm(x, [4]));
const means: Float64Array = new ChannelMoments(2).update(x).mean;

export const all: unknown[] = [gradient, weight, bytes, lying, means];
