import onnxProto from 'onnx-proto';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { beforeAll, expect, it } from 'vitest';
import { normals } from '../../test/support/random.ts';
import { instanceNorm } from '../../test/support/reference.ts';
import { CutModel } from './cut-model.ts';
import { encodeTestModel, expectedResults, type ImageShape } from './test-model.ts';

const SHAPE: ImageShape = [2, 3, 13, 17];
const SIZE = 2 * 3 * 13 * 17;

beforeAll(() => {
  env.wasm.numThreads = 1;
});

const worst = (found: Tensor | undefined, expected: Float64Array): number =>
  expected.reduce((most, value, i) => {
    const error = Math.abs(value - (found?.data[i] as number));
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(most, error);
  }, 0);

it('gives what the whole model gives, in as few pieces as there can be, and loses no digits to a mean of 30', async () => {
  const bytes = encodeTestModel();
  const cut = await CutModel.create(bytes);
  expect(cut.pieces).toBe(2);
  const whole = await InferenceSession.create(bytes);
  const x = new Tensor('float32', normals(SIZE, 1), SHAPE);
  const expected = expectedResults(x.data, SHAPE);
  for (const [results, allowed] of [
    [await whole.run({ x }), 1e-2],
    [await cut.run({ x }), 1e-4],
  ] as const) {
    expect(Object.keys(results).sort()).toEqual(['grouped', 'y']);
    expect(worst(results.grouped as Tensor, expected.grouped)).toBeLessThan(allowed);
    expect(worst(results.y as Tensor, expected.y)).toBeLessThan(allowed);
  }
});

it('keeps its digits where the mean is large', async () => {
  const bytes = encodeTestModel();
  const x = new Tensor('float32', normals(SIZE, 2, 1e5), SHAPE);
  const { grouped } = expectedResults(x.data, SHAPE);
  const ofCut = await (await CutModel.create(bytes)).run({ x });
  const ofWhole = await (await InferenceSession.create(bytes)).run({ x });
  expect(worst(ofCut.grouped, grouped)).toBeLessThan(1e-4);
  expect(worst(ofWhole.grouped as Tensor, grouped)).toBeGreaterThan(1e-3);
});

it('repeats the scales of groups for their channels before opset 21', async () => {
  const bytes = groupsOf18();
  const x = new Tensor('float32', normals(24, 3), [1, 4, 6]);
  const { y } = await (await CutModel.create(bytes)).run({ x });
  const whole = await (await InferenceSession.create(bytes)).run({ x });
  expect(worst(y, Float64Array.from(whole.y?.data as Float32Array))).toBeLessThan(1e-5);
});

/** Encodes a GroupNormalization of two groups, as opset 18 has it. */
function groupsOf18(): Uint8Array {
  const floats = (name: string) => ({ name, type: { tensorType: { elemType: 1 } } });
  const values = (name: string, ...floatData: number[]) => ({
    name,
    dataType: 1,
    dims: [floatData.length],
    floatData,
  });
  return onnxProto.onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 18 }],
    graph: {
      name: 'groups',
      initializer: [values('scale', 2, 3), values('shift', 0.5, -1)],
      node: [
        {
          opType: 'GroupNormalization',
          input: ['x', 'scale', 'shift'],
          output: ['y'],
          attribute: [{ name: 'num_groups', type: 2, i: 2 }],
        },
      ],
      input: [floats('x')],
      output: [floats('y')],
    },
  }).finish();
}

it('normalizes by scales that the model computes', async () => {
  const floats = (name: string) => ({ name, type: { tensorType: { elemType: 1 } } });
  const bytes = onnxProto.onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'computed',
      node: [
        { opType: 'Neg', input: ['s'], output: ['scale'] },
        { opType: 'InstanceNormalization', input: ['x', 'scale', 's'], output: ['y'] },
      ],
      input: [floats('x'), floats('s')],
      output: [floats('y')],
    },
  }).finish();
  const x = new Tensor('float32', normals(40, 4, 3), [2, 2, 10]);
  const s = new Tensor('float32', Float32Array.of(2, -1), [2]);
  const { y } = await (await CutModel.create(bytes)).run({ x, s });
  const expected = instanceNorm(x.data, [2, 2, 10], { weight: [-2, 1], bias: [2, -1] });
  expect(worst(y, expected)).toBeLessThan(1e-5);
});
