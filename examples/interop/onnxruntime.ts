import { type InferenceSession, Tensor, type TypedTensor } from 'onnxruntime-web';
import { instanceNorm } from 'wasm-norm';

/**
 * Normalizes a tensor of onnxruntime and runs a model with one input on it. Nothing is
 * copied on the way: a tensor of onnxruntime, with its `data` and `dims`, is a tensor here,
 * and the result becomes one of theirs over the same memory.
 *
 * @param x (N, C, *); overwritten
 */
export async function runOnNormalized(
  session: InferenceSession,
  x: TypedTensor<'float32'>,
): Promise<InferenceSession.OnnxValueMapType> {
  const { data, dims } = instanceNorm(x, { out: x });
  const [name = ''] = session.inputNames;
  return session.run({ [name]: new Tensor('float32', data, dims) });
}
