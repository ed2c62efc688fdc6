import { type InferenceSession, Tensor } from 'onnxruntime-web';
import { type ImageLike, imageToTensor } from 'wasm-norm';

const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Runs a model that takes (1, 3, height, width) on a picture of its size. */
export async function runOnImage(
  session: InferenceSession,
  image: ImageLike,
): Promise<InferenceSession.OnnxValueMapType> {
  const { data, dims } = imageToTensor(image, imageNet);
  const [name = ''] = session.inputNames;
  return session.run({ [name]: new Tensor('float32', data, dims) });
}
