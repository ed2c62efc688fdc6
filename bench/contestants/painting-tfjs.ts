import { BLOCKS, type Parameter } from '../problems/painting.ts';
import { load } from './load-package.ts';
import { keepingErrorsReadable } from './tfjs.ts';

interface TfTensor {
  data(): Promise<Float32Array>;
  dispose(): void;
}

// What this file uses of @tensorflow/tfjs-core.
interface TensorFlow {
  setBackend(name: 'wasm'): Promise<boolean>;
  ready(): Promise<void>;
  tensor(values: Float32Array, shape: readonly number[]): TfTensor;
  tidy(compute: () => TfTensor): TfTensor;
  transpose(x: TfTensor, order: readonly number[]): TfTensor;
  mirrorPad(x: TfTensor, sides: readonly (readonly number[])[], mode: 'reflect'): TfTensor;
  conv2d(x: TfTensor, weight: TfTensor, stride: number, padding: 'valid'): TfTensor;
  depthwiseConv2d(x: TfTensor, weight: TfTensor, stride: number, padding: 'valid'): TfTensor;
  image: { resizeNearestNeighbor(x: TfTensor, sizes: readonly number[]): TfTensor };
}

/**
 * Returns what does the convolutions of the network in TensorFlow.js, on its WebAssembly backend
 * and one thread, without what lies between them. Of the last one it does the 9x1 part.
 */
export async function convolutionsInTfjs(
  parameterOf: (name: string) => Parameter,
  size: number,
): Promise<() => Promise<void>> {
  const tf = await load<TensorFlow>('@tensorflow/tfjs-core');
  await keepingErrorsReadable(async () => {
    await load('@tensorflow/tfjs-backend-wasm');
    await tf.setBackend('wasm');
    await tf.ready();
  });
  const weightOf = (name: string, order: readonly number[]) => {
    const { data, shape } = parameterOf(name);
    return tf.transpose(tf.tensor(data.slice(), shape), order);
  };
  const dense = (name: string) => weightOf(name, [2, 3, 1, 0]);
  const weights = new Map<string, TfTensor>();
  for (const name of ['down1', 'down2', 'down3', 'up1', 'up2']) {
    weights.set(name, dense(`${name}.conv.weight`));
  }
  const blocks = Array.from({ length: BLOCKS }, (_, i) => [
    `res${i + 1}.a`,
    `res${i + 1}.b`,
  ]).flat();
  for (const name of blocks) {
    weights.set(`${name}.depthwise`, weightOf(`${name}.depthwise.weight`, [2, 3, 0, 1]));
    weights.set(`${name}.pointwise`, dense(`${name}.pointwise.weight`));
  }
  weights.set('out', tf.tensor(new Float32Array(9 * 16 * 27).fill(0.01), [9, 1, 16, 27]));
  const x = tf.tensor(new Float32Array(size * size * 3).fill(0.5), [1, size, size, 3]);

  const weight = (name: string) => weights.get(name) as TfTensor;
  const pad = (x: TfTensor, by: number) =>
    tf.mirrorPad(
      x,
      [
        [0, 0],
        [by, by],
        [by, by],
        [0, 0],
      ],
      'reflect',
    );
  const convolve = (x: TfTensor, name: string, by: number, stride = 1) =>
    tf.conv2d(pad(x, by), weight(name), stride, 'valid');
  const enlarge = (x: TfTensor, to: number) => tf.image.resizeNearestNeighbor(x, [to, to]);

  return async () => {
    const y = tf.tidy(() => {
      let value = convolve(convolve(convolve(x, 'down1', 4), 'down2', 1, 2), 'down3', 1, 2);
      for (const name of blocks) {
        const depthwise = tf.depthwiseConv2d(
          pad(value, 1),
          weight(`${name}.depthwise`),
          1,
          'valid',
        );
        value = tf.conv2d(depthwise, weight(`${name}.pointwise`), 1, 'valid');
      }
      value = convolve(enlarge(value, size / 2), 'up1', 1);
      value = convolve(enlarge(value, size), 'up2', 1);
      return convolve(value, 'out', 4);
    });
    await y.data();
    y.dispose();
  };
}
