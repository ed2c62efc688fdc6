import { Tensor } from '@huggingface/transformers';
import { type ImageLike, imageToTensor } from 'wasm-norm';

const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Makes the input of a vision model: `await model({ pixel_values: toPixelValues(image) })`. */
export function toPixelValues(image: ImageLike): Tensor {
  const { data, dims } = imageToTensor(image, imageNet);
  return new Tensor('float32', data, [...dims]);
}
