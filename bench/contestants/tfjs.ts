import { load } from '../load.ts';
import type { Contestant, Problem, Team } from './contestant.ts';

/** What is used of @tensorflow/tfjs-core. */
export interface TensorFlow {
  setBackend(name: 'wasm'): Promise<boolean>;
  ready(): Promise<void>;
  tensor(values: Float32Array, shape: readonly number[]): TfTensor;
  tidy(compute: () => TfTensor): TfTensor;
  moments(
    x: TfTensor,
    axes: readonly number[],
    keepDims: true,
  ): { mean: TfTensor; variance: TfTensor };
  add(a: TfTensor, b: TfTensor | number): TfTensor;
  sub(a: TfTensor, b: TfTensor): TfTensor;
  mul(a: TfTensor, b: TfTensor): TfTensor;
  rsqrt(x: TfTensor): TfTensor;
}

/** A tensor in the backend's memory. */
export interface TfTensor {
  data(): Promise<Float32Array>;
  dispose(): void;
}

/** How an operation is said in tfjs, which has no normalization of its own that takes (N, C, *). */
export interface TfForm {
  /** The dimensions that share a mean and a variance. */
  readonly axes: readonly number[];
  /** The shape in which a weight and a bias meet the tensor. */
  readonly parameterShape: readonly number[];
}

const EPS = 1e-5;

/** TensorFlow.js on its WebAssembly backend, SIMD, one thread. */
export async function tfjs(): Promise<Team> {
  const tf = await load<TensorFlow>('@tensorflow/tfjs-core');
  await keepingErrorsReadable(async () => {
    await load('@tensorflow/tfjs-backend-wasm');
    await tf.setBackend('wasm');
    await tf.ready();
  });
  return { enter: (problem) => (problem.operation.tfjs ? [contestant(tf, problem)] : []) };
}

// Its tensors stay in the memory of the backend: what is timed is the computation
// alone, with no copy in or out.
function contestant(tf: TensorFlow, { operation, shape }: Problem): Contestant {
  let inputs: readonly TfTensor[] = [];
  let compute: () => TfTensor;
  let output: TfTensor | undefined;
  const release = () => {
    for (const tensor of [...inputs, output]) tensor?.dispose();
    inputs = [];
    output = undefined;
  };
  return {
    name: 'tfjs-backend-wasm',
    load(given) {
      release();
      const form = operation.tfjs?.(shape);
      if (!form) throw new Error(`No form of ${operation.name} in tfjs.`);
      const x = tf.tensor(given.x, shape);
      const weight = tf.tensor(given.weight, form.parameterShape);
      const bias = tf.tensor(given.bias, form.parameterShape);
      inputs = [x, weight, bias];
      compute = () => normalize(tf, x, form.axes, weight, bias);
    },
    call() {
      output?.dispose();
      output = tf.tidy(compute);
    },
    results: async () => [await (output as TfTensor).data()],
    release,
  };
}

function normalize(
  tf: TensorFlow,
  x: TfTensor,
  axes: readonly number[],
  weight: TfTensor,
  bias: TfTensor,
): TfTensor {
  const { mean, variance } = tf.moments(x, axes, true);
  const scale = tf.mul(tf.rsqrt(tf.add(variance, EPS)), weight);
  return tf.add(tf.mul(tf.sub(x, mean), scale), bias);
}

/**
 * The backend's loader rethrows every error of the process, with its own source,
 * 90 KB on one line, for the place.
 */
async function keepingErrorsReadable(run: () => Promise<void>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = events.map((event) => process.rawListeners(event));
  await run();
  for (const [i, event] of events.entries()) {
    process.removeAllListeners(event);
    for (const listener of before[i] ?? []) {
      process.on(event, listener as (...values: unknown[]) => void);
    }
  }
}
