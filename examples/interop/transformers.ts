import { Tensor } from '@huggingface/transformers';
import { layerNorm } from 'wasm-norm';

/**
 * Shortens embeddings of a Matryoshka model to their first `size` values, as its card asks:
 * layer normalization, then the cut, then unit length.
 *
 * Transformers.js has a `layer_norm`, which adds eps to the standard deviation and not to
 * the variance; PyTorch's, with which the models were trained, is the one here.
 *
 * @param embeddings (N, D) float32
 * @returns (N, size)
 */
export function shortenEmbeddings(embeddings: Tensor, size: number): Tensor {
  const width = embeddings.dims[1] as number;
  const x = { data: embeddings.data as Float32Array, dims: embeddings.dims };
  const { data, shape } = layerNorm(x, width);
  return new Tensor('float32', data, [...shape]).slice(null, [0, size]).normalize(2, -1);
}
