import type { OnnxNode } from '../problems/operation.ts';
import { load } from './load-package.ts';

// What this file uses of onnx-proto: protobuf messages by the names of onnx.proto3.
interface OnnxProto {
  readonly onnx: { readonly ModelProto: { encode(model: object): { finish(): Uint8Array } } };
}

// The first opset with all of the operators (2024); RMSNormalization came last.
const OPSET = 23;

// Values of onnx.proto3's enums.
const FLOAT = 1;
const FLOAT_ATTRIBUTE = 1;
const INT_ATTRIBUTE = 2;

/** Encodes a model of one operator, with eps 1e-5, for tensors of any shape. */
export async function encodeModel(node: OnnxNode): Promise<Uint8Array> {
  const { onnx } = await load<OnnxProto>('onnx-proto');
  const attributes = Object.entries(node.attributes ?? {}).map(([name, i]) => ({
    name,
    type: INT_ATTRIBUTE,
    i,
  }));
  return onnx.ModelProto.encode({
    irVersion: 10,
    opsetImport: [{ domain: '', version: OPSET }],
    graph: {
      name: node.operator,
      node: [
        {
          opType: node.operator,
          input: node.inputs,
          output: ['y'],
          attribute: [{ name: 'epsilon', type: FLOAT_ATTRIBUTE, f: 1e-5 }, ...attributes],
        },
      ],
      input: node.inputs.map(floats),
      output: [floats('y')],
    },
  }).finish();
}

function floats(name: string): object {
  return { name, type: { tensorType: { elemType: FLOAT } } };
}
