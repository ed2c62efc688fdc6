import { describe, expect, test } from 'vitest';
import {
  type Numbers,
  type Operands,
  onnx,
  type Role,
  type ValidationVector,
  type Vector,
  webnn,
} from '../support/conformance.ts';
import { readJson } from '../support/json-files.ts';
import { sizeOf } from '../support/shapes.ts';

// The vectors that have no meaning here, by the reason.
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  'batchNorm has no axis to be wrong, but a layout': [
    '[batchNormalization] Throw if the value of axis is not in the range of [0,N-1].',
  ],
  'a parameter is a flat array, which has no rank': [
    '[batchNormalization] Throw if the mean operand is not a 1-D tensor.',
    '[batchNormalization] Throw if the scale operand is not a 1-D tensor.',
    '[batchNormalization] Throw if the bias operand is not a 1-D tensor.',
    '[instanceNormalization] Throw if the scale operand is not a 1-D tensor.',
    '[instanceNormalization] Throw if the bias operand is not a 1-D tensor.',
    "[layerNormalization] Throw if the bias rank doesn't match axis rank.",
    "[layerNormalization] Throw if the scale rank doesn't match axis rank.",
  ],
  'a weight may be of another dtype than x': [
    '[instanceNormalization] Throw if the scale data type is not the same as the input data type.',
    '[instanceNormalization] Throw if the bias data type is not the same as the input data type.',
  ],
  'instanceNorm takes any number of dimensions': [
    '[instanceNormalization] Throw if the input is not a 4-D tensor.',
  ],
};

const REASONS = new Map(
  Object.entries(LEFT_OUT).flatMap(([reason, names]) => names.map((name) => [name, reason])),
);

const webnnVectors = readJson('conformance/webnn') as readonly Vector[] | null;
const onnxVectors = readJson('conformance/onnx') as readonly Vector[] | null;
const validations = readJson('conformance/webnn-validation') as readonly ValidationVector[] | null;

if (webnnVectors === null || onnxVectors === null || validations === null) {
  // The vectors of WebNN and ONNX lie beside the repository, not in it. A clone without them
  // says so by this skipped test.
  test.skip('conformance vectors: neither CONFORMANCE_DIR nor ../shared/conformance is there', () => {});
} else {
  describe('the vectors', () => {
    test('are all there, and have different names', () => {
      expect(countByOperation(webnnVectors)).toEqual({
        batchNormalization: 13,
        instanceNormalization: 15,
        layerNormalization: 14,
      });
      expect(countByOperation(onnxVectors)).toEqual({
        LayerNormalization: 19,
        RMSNormalization: 19,
        BatchNormalization: 9,
        InstanceNormalization: 2,
        GroupNormalization: 2,
        MeanVarianceNormalization: 1,
      });
      expect(validations.filter(({ throws }) => !throws).length).toBe(15);
      expect(validations.filter(({ throws }) => throws).length).toBe(33);
      const all = [...webnnVectors, ...onnxVectors, ...validations];
      expect(new Set(all.map(({ name }) => name)).size).toBe(42 + 52 + 48);
    });

    test('are all run except 11 of the validation of WebNN', () => {
      const leftOut = (vectors: readonly { readonly name: string }[]) =>
        vectors.filter(({ name }) => REASONS.has(name)).length;
      expect([webnnVectors, validations, onnxVectors].map(leftOut)).toEqual([0, 11, 0]);
      expect(REASONS.size).toBe(11);
    });
  });

  describe('gives what WebNN expects, to the units in the last place that it allows:', () => {
    forEachVector(webnnVectors, ({ op, inputs, options, expected, tolerance_ulp }) => {
      const y = operation(webnn, op)(toOperands(inputs), options);
      expect(y.shape).toEqual(expected.dims);
      const wanted = Float32Array.from(expected.data);
      const worst = Math.max(...wanted.map((value, i) => ulps(value, y.data[i] as number)));
      expect(worst).toBeLessThanOrEqual(tolerance_ulp as number);
    });
  });

  describe('gives what ONNX expects, to rtol 1e-3 and atol 1e-7:', () => {
    forEachVector(onnxVectors, ({ op, inputs, options, expected, extra_outputs, rtol, atol }) => {
      const { output, extra = {} } = operation(onnx, op)(toOperands(inputs), options);
      expect(output.shape).toEqual(expected.dims);
      const wanted = { output: expected, ...extra_outputs };
      const got: Readonly<Record<string, ArrayLike<number>>> = { ...extra, output: output.data };
      for (const [name, { data }] of Object.entries(wanted)) {
        expect(got[name]?.length, name).toBe(data.length);
        data.forEach((value, i) => {
          const error = Math.abs((got[name]?.[i] as number) - value);
          expect(error, name).toBeLessThanOrEqual(
            (atol as number) + (rtol as number) * Math.abs(value),
          );
        });
      }
    });
  });

  describe('accepts and refuses what WebNN does:', () => {
    forEachVector(validations, ({ op, inputs, options, throws, expected }) => {
      const call = () => operation(webnn, op)(toBlankOperands(inputs), options);
      if (throws) expect(call).toThrow(/^\S+: expected .*, got /);
      else expect(call().shape).toEqual(expected?.dims);
    });
  });
}

function forEachVector<Kind extends { readonly name: string }>(
  vectors: readonly Kind[],
  check: (vector: Kind) => void,
): void {
  for (const vector of vectors) {
    const reason = REASONS.get(vector.name);
    // The vector has no meaning here. LEFT_OUT has the reasons, and a test above counts these vectors.
    if (reason) test.skip(`${vector.name} (${reason})`, () => {});
    else test(vector.name, () => check(vector));
  }
}

function operation<Kind>(operations: Readonly<Record<string, Kind>>, name: string): Kind {
  return operations[name] ?? expect.fail(`no operation ${name}`);
}

function countByOperation(vectors: readonly Vector[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { op } of vectors) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}

function mapOperands<From, To>(inputs: Operands<From>, map: (operand: From) => To): Operands<To> {
  const entries = Object.entries(inputs) as [Role, From][];
  return Object.fromEntries(entries.map(([role, operand]) => [role, map(operand)])) as Operands<To>;
}

function toOperands(inputs: Operands<Numbers>): Operands {
  return mapOperands(inputs, ({ dims, data }) => ({ dims, data: Float32Array.from(data) }));
}

/** Makes operands of zeros, in arrays of their dtype. */
function toBlankOperands(inputs: ValidationVector['inputs']): Operands {
  const arrays = {
    float32: Float32Array,
    float16: Uint16Array,
    int32: Int32Array,
    uint32: Uint32Array,
  };
  return mapOperands(inputs, ({ dims, dtype }) => {
    const TypedArray = operation(arrays, dtype);
    return { dims, dtype, data: new TypedArray(sizeOf(dims)) as Float32Array };
  });
}

/** Returns the distance of two float32 in units in the last place. +0 and -0 are equal. */
function ulps(a: number, b: number): number {
  return Math.abs(rank(a) - rank(b));
}

/** Numbers all float32 in their order, with 0 for 0. */
function rank(value: number): number {
  const bits = new Int32Array(Float32Array.of(value).buffer)[0] as number;
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
}
