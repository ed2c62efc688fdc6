import type { Sharing, Statistics } from '../problems/operation.ts';
import type { Problem } from '../problems/problem.ts';
import { groupsOf, type Place, type Shape, sizeOf } from '../problems/shapes.ts';
import type { Contestant, Team } from './contestant.ts';
import { load } from './load-package.ts';
import { TFJS } from './names.ts';

// What this file uses of @tensorflow/tfjs-core.
interface TensorFlow {
  setBackend(name: 'wasm'): Promise<boolean>;
  ready(): Promise<void>;
  tensor(values: Float32Array, shape: Shape): TfTensor;
  tidy(compute: () => TfTensor): TfTensor;
  moments(x: TfTensor, axes: Shape, keepDims: true): { mean: TfTensor; variance: TfTensor };
  mean(x: TfTensor, axes: Shape, keepDims: true): TfTensor;
  square(x: TfTensor): TfTensor;
  add(a: TfTensor, b: TfTensor | number): TfTensor;
  sub(a: TfTensor, b: TfTensor): TfTensor;
  mul(a: TfTensor, b: TfTensor): TfTensor;
  rsqrt(x: TfTensor): TfTensor;
}

/** A tensor in the backend's memory. */
interface TfTensor {
  data(): Promise<Float32Array>;
  dispose(): void;
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
  return { enter: (problem) => (problem.pass === 'forward' ? [contestant(tf, problem)] : []) };
}

// Its tensors stay in the memory of the backend, so only the computation is timed, with no
// copy in or out.
function contestant(tf: TensorFlow, problem: Problem): Contestant {
  const { sharing, statistics } = problem.operation;
  const { view, axes, parameterShape } = formOf(sharing, problem);
  let inputs: readonly TfTensor[] = [];
  let compute: () => TfTensor;
  let output: TfTensor | undefined;
  const release = () => {
    for (const tensor of [...inputs, output]) tensor?.dispose();
    inputs = [];
    output = undefined;
  };
  return {
    name: TFJS,
    load(given) {
      release();
      const x = tf.tensor(given.x, view);
      const parameters = [given.weight, given.bias, given.runningMean, given.runningVar];
      const [weight, bias, runningMean, runningVar] = parameters.map((values) =>
        tf.tensor(values, parameterShape),
      ) as [TfTensor, TfTensor, TfTensor, TfTensor];
      inputs = [x, weight, bias, runningMean, runningVar];
      const scaleOf = (variance: TfTensor) => tf.mul(tf.rsqrt(tf.add(variance, EPS)), weight);
      const standardize = (mean: TfTensor, variance: TfTensor) =>
        tf.add(tf.mul(tf.sub(x, mean), scaleOf(variance)), bias);
      const forms: Readonly<Record<Statistics, () => TfTensor>> = {
        'mean and variance'() {
          const { mean, variance } = tf.moments(x, axes, true);
          return standardize(mean, variance);
        },
        'mean square': () => tf.mul(x, scaleOf(tf.mean(tf.square(x), axes, true))),
        given: () => standardize(runningMean, runningVar),
      };
      compute = forms[statistics];
    },
    call() {
      output?.dispose();
      output = tf.tidy(compute);
    },
    results: async () => [await (output as TfTensor).data()],
    release,
  };
}

/** How tfjs takes a problem; its only normalization is that of the last dimension's channels. */
interface Form {
  /** The shape in which x is loaded. */
  readonly view: Shape;
  /** The dimensions that share a mean and a variance. */
  readonly axes: Shape;
  /** The shape in which weight and bias are broadcast to x. */
  readonly parameterShape: Shape;
}

function formOf(sharing: Sharing, { shape, layout, channels }: Place): Form {
  const first = layout === 'nchw';
  const parameterShape = first ? [1, channels, 1, 1] : [1, 1, 1, channels];
  switch (sharing) {
    case 'sample and channel':
      return { view: shape, axes: first ? [2, 3] : [1, 2], parameterShape };
    case 'channel':
      return { view: shape, axes: first ? [0, 2, 3] : [0, 1, 2], parameterShape };
    case 'row':
      return { view: shape, axes: [shape.length - 1], parameterShape: [channels] };
    case 'sample and group': {
      const groups = groupsOf(channels);
      const perGroup = channels / groups;
      const samples = shape[0] as number;
      const pixels = sizeOf(shape) / (samples * channels);
      return first
        ? {
            view: [samples, groups, perGroup, pixels],
            axes: [2, 3],
            parameterShape: [1, groups, perGroup, 1],
          }
        : {
            view: [samples, pixels, groups, perGroup],
            axes: [1, 3],
            parameterShape: [1, 1, groups, perGroup],
          };
    }
  }
}

/**
 * Takes back the error listeners that the backend's loader adds. They rethrow every
 * error of the process, and Node then prints the loader's source, 90 KB on one line.
 */
export async function keepingErrorsReadable(run: () => Promise<void>): Promise<void> {
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
