import onnxProto from 'onnx-proto';
import { env, InferenceSession, Tensor, type TypedTensor } from 'onnxruntime-web';
import { beforeAll, expect, it, vi } from 'vitest';
import { Arena } from 'wasm-norm';
import { expectClose } from '../../test/support/closeness.ts';
import { normals } from '../../test/support/random.ts';
import { instanceNorm } from '../../test/support/reference.ts';
import { runOnNormalized } from './onnxruntime.ts';

const SHAPE = [2, 3, 10, 10];

let session: InferenceSession;
beforeAll(async () => {
  env.wasm.numThreads = 1;
  session = await InferenceSession.create(reluModel());
});

/** Encodes y = max(x, 0), for tensors of any shape. */
function reluModel(): Uint8Array {
  const floats = (name: string) => ({ name, type: { tensorType: { elemType: 1 } } });
  return onnxProto.onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'relu',
      node: [{ opType: 'Relu', input: ['x'], output: ['y'] }],
      input: [floats('x')],
      output: [floats('y')],
    },
  }).finish();
}

async function expectRun(data: Float32Array): Promise<void> {
  const x = new Tensor('float32', data, SHAPE);
  const expected = instanceNorm(Array.from(data), SHAPE);
  const run = vi.spyOn(session, 'run');
  const { y } = (await runOnNormalized(session, x)) as { y: TypedTensor<'float32'> };
  expectClose(data, expected);
  expect(y.dims).toEqual(SHAPE);
  expect(Array.from(y.data)).toEqual(Array.from(data, (value) => Math.max(value, 0)));
  const [feeds] = run.mock.lastCall as unknown as [{ x: Tensor }];
  expect(feeds.x).toBeInstanceOf(Tensor);
  expect(feeds.x.data).toBe(data);
}

it('normalizes a tensor of onnxruntime where it lies, and gives the model the same memory', () =>
  expectRun(normals(600, 1, 1000)));

it('does so with a tensor in an arena', () => {
  const { data } = new Arena(600 * 4).tensor(SHAPE);
  data.set(normals(600, 2, -50, 3));
  return expectRun(data);
});
