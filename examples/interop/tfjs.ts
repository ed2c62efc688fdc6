import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { adaptiveInstanceNorm } from 'wasm-norm';

/**
 * Gives the content the mean and standard deviation that each channel has in the style,
 * the step in the middle of a style transfer network. Tensors of tfjs have their channels
 * last.
 *
 * @param content (N, height, width, C)
 * @param style (N or 1, height, width, C), of a size of its own
 */
export async function transferStyle(content: Tensor4D, style: Tensor4D): Promise<Tensor4D> {
  const { data } = adaptiveInstanceNorm(await read(content), await read(style), { layout: 'nhwc' });
  return tensor4d(data, content.shape);
}

async function read(tensor: Tensor4D): Promise<{ data: Float32Array; shape: number[] }> {
  return { data: await tensor.data<'float32'>(), shape: tensor.shape };
}
