import { ImageProcessor, RawImage } from '@huggingface/transformers';
import onnxProto from 'onnx-proto';
import { env, InferenceSession } from 'onnxruntime-web';
import { beforeAll, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeness.ts';
import { uniforms } from '../../test/support/random.ts';
import { imageToInput } from './image-input.ts';
import { runOnImage } from './image-onnxruntime.ts';
import { toPixelValues } from './image-transformers.ts';

const bytes = Uint8ClampedArray.from(uniforms(4 * 31 * 17, 1, 0, 255));
let expected: { readonly dims: number[]; readonly data: Float32Array };

/** An image of its own: transformers.js's processor takes the alpha out of what it is given. */
const image = () => new RawImage(bytes.slice(), 31, 17, 4);

beforeAll(async () => {
  env.wasm.numThreads = 1;
  const processor = new ImageProcessor({
    do_resize: false,
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [0.485, 0.456, 0.406],
    image_std: [0.229, 0.224, 0.225],
  });
  expected = (await processor([image()])).pixel_values;
});

it.each([imageToInput, toPixelValues])(
  "$name makes the pixel values of transformers.js's own processor",
  (makeInput) => {
    const { data, dims } = makeInput(image());
    expect(dims).toEqual(expected.dims);
    expectClose(data as Float32Array, expected.data);
  },
);

it('gives a model of onnxruntime the same values', async () => {
  const session = await InferenceSession.create(encodeNegation());
  const { y } = await runOnImage(session, image());
  const negated = y?.data as Float32Array;
  expect(y?.dims).toEqual(expected.dims);
  expectClose(
    negated.map((value) => -value),
    expected.data,
  );
});

/** Encodes a model that negates its input, which has any name. */
function encodeNegation(): Uint8Array {
  const floats = (name: string) => ({ name, type: { tensorType: { elemType: 1 } } });
  return onnxProto.onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'negation',
      node: [{ opType: 'Neg', input: ['pixels'], output: ['y'] }],
      input: [floats('pixels')],
      output: [floats('y')],
    },
  }).finish();
}
