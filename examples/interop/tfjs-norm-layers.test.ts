import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import {
  add,
  div,
  grads,
  io,
  mean,
  memory,
  moments,
  mul,
  reshape,
  type Scalar,
  setBackend,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
  train,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { type LayersModel, layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeness.ts';
import { normals } from '../../test/support/random.ts';
import { GroupNormalization, InstanceNormalization } from './tfjs-norm-layers.ts';

interface KerasModel {
  readonly topology: object;
  readonly weights: readonly {
    readonly name: string;
    readonly shape: number[];
    readonly values: number[];
    readonly gradient: number[];
  }[];
  readonly x: number[];
  readonly y: number[];
  readonly shape: number[];
}

const keras: KerasModel = JSON.parse(
  readFileSync(new URL('fixtures/norm-model.json', import.meta.url), 'utf8'),
);
const x = () => tensor(keras.x, [2, 6, 5, 3]);

// TensorFlow's float32 sums of up to 72 products: a few hundred roundings of values up to 10.
const ROUNDINGS = { weight: [40] };

beforeAll(() => setBackend('cpu'));

function loadKerasModel(): Promise<LayersModel> {
  const weightSpecs = keras.weights.map(
    ({ name, shape }) => ({ name, shape, dtype: 'float32' }) as const,
  );
  const values = Float32Array.from(keras.weights.flatMap((weight) => weight.values));
  return loadLayersModel(
    io.fromMemory({ modelTopology: keras.topology, weightSpecs, weightData: values.buffer }),
  );
}

it('loads a model of Keras, and gives what Keras gives on TensorFlow', async () => {
  const model = await loadKerasModel();
  const y = model.predict(x()) as Tensor;
  expect(y.shape).toEqual(keras.shape);
  expectClose(y.dataSync(), keras.y, ROUNDINGS);
});

it('finds the gradients that TensorFlow finds, through the whole model', async () => {
  const model = await loadKerasModel();
  const { grads: found } = variableGrads(() => {
    const y = model.apply(x()) as Tensor;
    return mean(mul(y, square(y))) as Scalar;
  });
  expect(Object.keys(found)).toHaveLength(keras.weights.length);
  for (const { name, gradient } of keras.weights) {
    const key = Object.keys(found).find((each) => each.startsWith(name)) as string;
    expectClose((found[key] as Tensor).dataSync(), gradient, ROUNDINGS);
  }
});

it('writes a model that reads as itself', async () => {
  const model = await loadKerasModel();
  let written: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler(async (artifacts) => {
      written = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const again = await loadLayersModel(io.fromMemory(written as io.ModelArtifacts));
  expect(again.layers.map((layer) => layer.getClassName())).toEqual(
    model.layers.map((layer) => layer.getClassName()),
  );
  expect((again.predict(x()) as Tensor).dataSync()).toEqual(
    (model.predict(x()) as Tensor).dataSync(),
  );
});

type Formula = (x: Tensor, gamma: Tensor, beta: Tensor) => Tensor;

/** Normalizes over axes by operations of TensorFlow.js, which differentiates them itself. */
const formulaOf =
  (axes: number[], size: number[], epsMode: 'variance' | 'std'): Formula =>
  (input, gamma, beta) => {
    const { mean: centre, variance } = moments(input, axes, true);
    const deviation = epsMode === 'std' ? add(sqrt(variance), 1e-3) : sqrt(add(variance, 1e-3));
    const normalized = div(sub(input, centre), deviation);
    return add(mul(normalized, reshape(gamma, size)), reshape(beta, size));
  };

it.each([
  [
    'its channels last',
    new GroupNormalization({ groups: -1 }),
    formulaOf([1, 2], [1, 1, 1, 5], 'variance'),
  ],
  [
    'its channels second',
    new GroupNormalization({ groups: -1, axis: 1 }),
    formulaOf([2, 3], [1, 3, 1, 1], 'variance'),
  ],
  [
    'one group',
    new GroupNormalization({ groups: 1 }),
    formulaOf([1, 2, 3], [1, 1, 1, 5], 'variance'),
  ],
  [
    'one weight for all, as keras-contrib has it',
    new InstanceNormalization({ axis: null }),
    formulaOf([1, 2, 3], [1, 1, 1, 1], 'std'),
  ],
  [
    'the channels of keras-contrib',
    new InstanceNormalization({ axis: 3 }),
    formulaOf([1, 2], [1, 1, 1, 5], 'std'),
  ],
] as const)('normalizes and differentiates %s', (_, layer, formula) => {
  const shape = [2, 3, 4, 5];
  const input = tensor(normals(120, 1, 0.1, 0.05), shape);
  const factor = tensor(normals(120, 2), shape);
  layer.build(shape);
  const size = layer.getWeights()[0]?.size as number;
  const weights = [normals(size, 3, 1, 0.5), normals(size, 4)].map((values) =>
    tensor(values, [size]),
  );
  layer.setWeights(weights);
  const expected = formula(input, ...(weights as [Tensor, Tensor]));
  expectClose((layer.apply(input) as Tensor).dataSync(), expected.dataSync(), ROUNDINGS);

  const ofFormula = grads((...args) => mul(formula(...(args as Parameters<Formula>)), factor));
  const [ofInput, ofGamma, ofBeta] = ofFormula([input, ...weights]) as [Tensor, Tensor, Tensor];
  const ofLayer = grads((each) => mul(layer.apply(each as Tensor) as Tensor, factor))([input]);
  // Of values that are divided by deviations of 0.05.
  expectClose((ofLayer[0] as Tensor).dataSync(), ofInput.dataSync(), { weight: [1000] });
  const { grads: ofVariables } = variableGrads(
    () => sum(mul(layer.apply(input) as Tensor, factor)) as Scalar,
  );
  const found = Object.values(ofVariables).map((each) => each.dataSync());
  expectClose(found[0] as Float32Array, ofGamma.dataSync(), ROUNDINGS);
  expectClose(found[1] as Float32Array, ofBeta.dataSync(), ROUNDINGS);
});

it('learns what a layer normalization of TensorFlow.js learns, of which it is one on rows', async () => {
  const rows = tensor(normals(40 * 6, 5, 2, 3), [40, 6]);
  const target = tensor(normals(40 * 6, 6), [40, 6]);
  const learnt = await Promise.all(
    [layers.layerNormalization({}), new GroupNormalization({ groups: 1 })].map(async (layer) => {
      const model = sequential({ layers: [layers.inputLayer({ inputShape: [6] }), layer] });
      model.compile({ optimizer: train.sgd(0.5), loss: 'meanSquaredError' });
      await model.fit(rows, target, { epochs: 5, batchSize: 10, shuffle: false });
      return model.getWeights().map((weight) => weight.dataSync());
    }),
  );
  const [theirs, ours] = learnt as [Float32Array[], Float32Array[]];
  ours.forEach((values, i) => {
    expectClose(values, theirs[i] as Float32Array, ROUNDINGS);
  });
  expect(ours[0]?.every((value) => value !== 1)).toBe(true);
});

it('has one group of 32 channels unless told, as Keras has', () => {
  const defaults = { groups: 32, axis: -1, epsilon: 1e-3, center: true, scale: true };
  expect(new GroupNormalization().getConfig()).toMatchObject(defaults);
});

it('refuses channels that lie neither last nor second', () => {
  const layer = new GroupNormalization({ groups: 1, axis: 2 });
  expect(() => layer.apply(x())).toThrow('axis: expected 1, the last or null, got 2');
});

it('leaves no tensor behind', () => {
  const layer = new GroupNormalization({ groups: 3 });
  const input = x();
  const apply = () => {
    layer.apply(input);
  };
  tidy(apply); // makes weights
  const before = memory().numTensors;
  tidy(apply);
  expect(memory().numTensors).toBe(before);
});
