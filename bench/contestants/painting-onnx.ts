import { BLOCKS, EPS, type Parameter } from '../problems/painting.ts';
import { load } from './load-package.ts';
import { ONNXRUNTIME_WEB } from './names.ts';

interface OnnxProto {
  readonly onnx: { readonly ModelProto: { encode(model: object): { finish(): Uint8Array } } };
}

interface Runtime {
  readonly env: { readonly wasm: { numThreads?: number } };
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{
      run(feeds: Record<string, Value>): Promise<Record<string, Value>>;
    }>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Value;
}

interface Value {
  readonly data: Float32Array;
}

const OPSET = 23;

// Values of onnx.proto3's enums.
const FLOAT = 1;
const INT64 = 7;
const FLOAT_ATTRIBUTE = 1;
const INT_ATTRIBUTE = 2;
const STRING_ATTRIBUTE = 3;
const INTS_ATTRIBUTE = 7;

/** Encodes the whole network as one graph: planes of 0 to 1 in and out. */
async function encodePainting(parameterOf: (name: string) => Parameter): Promise<Uint8Array> {
  const node: object[] = [];
  const initializer: object[] = [];
  let count = 0;

  const add = (opType: string, input: readonly string[], attribute: readonly object[] = []) => {
    const output = `value${count++}`;
    node.push({ opType, input, output: [output], attribute });
    return output;
  };
  const constant = (data: Float32Array | BigInt64Array, dims: readonly number[]) => {
    const name = `constant${count++}`;
    const dataType = data instanceof Float32Array ? FLOAT : INT64;
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    initializer.push({ name, dims, dataType, rawData });
    return name;
  };
  const parameter = (name: string) => {
    const { data, shape } = parameterOf(name);
    return constant(data.slice(), shape);
  };
  const number = (value: number) => constant(Float32Array.of(value), []);
  const pad = (x: string, size: number) => {
    const sides = BigInt64Array.from([0, 0, size, size, 0, 0, size, size].map(BigInt));
    const mode = { name: 'mode', type: STRING_ATTRIBUTE, s: Buffer.from('reflect') };
    return add('Pad', [x, constant(sides, [8])], [mode]);
  };
  const convolve = (x: string, name: string, stride = 1, group = 1, bias: string[] = []) => {
    const [, , taps = 1] = parameterOf(name).shape;
    const padded = taps === 1 ? x : pad(x, (taps - 1) / 2);
    return add(
      'Conv',
      [padded, parameter(name), ...bias],
      [
        { name: 'strides', type: INTS_ATTRIBUTE, ints: [stride, stride] },
        { name: 'group', type: INT_ATTRIBUTE, i: group },
      ],
    );
  };
  const normalize = (x: string, name: string) =>
    add(
      'InstanceNormalization',
      [x, parameter(`${name}.norm.weight`), parameter(`${name}.norm.bias`)],
      [{ name: 'epsilon', type: FLOAT_ATTRIBUTE, f: EPS }],
    );
  const layer = (x: string, name: string, stride = 1) =>
    add('Relu', [normalize(convolve(x, `${name}.conv.weight`, stride), name)]);
  const separable = (x: string, name: string) => {
    const depthwise = convolve(x, `${name}.depthwise.weight`, 1, 80);
    return normalize(convolve(depthwise, `${name}.pointwise.weight`), name);
  };

  let x = add('Sub', [add('Mul', ['x', number(2)]), number(1)]);
  x = layer(layer(layer(x, 'down1'), 'down2', 2), 'down3', 2);
  for (let i = 1; i <= BLOCKS; i++) {
    const inner = add('Relu', [separable(x, `res${i}.a`)]);
    x = add('Add', [x, separable(inner, `res${i}.b`)]);
  }
  const scales = constant(Float32Array.of(1, 1, 2, 2), [4]);
  for (const name of ['up1', 'up2']) {
    const mode = { name: 'mode', type: STRING_ATTRIBUTE, s: Buffer.from('nearest') };
    x = layer(add('Resize', [x, '', scales], [mode]), name);
  }
  x = convolve(x, 'out.conv.weight', 1, 1, [parameter('out.conv.bias')]);
  node.push({ opType: 'Sigmoid', input: [x], output: ['y'] });

  const { onnx } = await load<OnnxProto>('onnx-proto');
  const floats = (name: string) => ({ name, type: { tensorType: { elemType: FLOAT } } });
  return onnx.ModelProto.encode({
    irVersion: 10,
    opsetImport: [{ domain: '', version: OPSET }],
    graph: { name: 'painting', node, initializer, input: [floats('x')], output: [floats('y')] },
  }).finish();
}

/** Returns what paints planes with the whole graph in onnxruntime-web, on one thread. */
export async function paintingInOnnxruntime(
  parameterOf: (name: string) => Parameter,
): Promise<(planes: Float32Array) => Promise<Float32Array>> {
  const runtime = await load<Runtime>(ONNXRUNTIME_WEB);
  runtime.env.wasm.numThreads = 1;
  const model = await encodePainting(parameterOf);
  const session = await runtime.InferenceSession.create(model, { executionProviders: ['wasm'] });
  return async (planes) => {
    const size = Math.sqrt(planes.length / 3);
    const x = new runtime.Tensor('float32', planes, [1, 3, size, size]);
    return (await session.run({ x })).y?.data ?? new Float32Array();
  };
}
