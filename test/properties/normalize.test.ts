// Vectors divided by their norms: near the formulas, and the same bits from and to any place.

import fc from 'fast-check';
import { expect } from 'vitest';
import { type FloatData, normalize, normalizeBackward, Tensor } from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { sizeOf } from '../support/shapes.ts';
import { rounded, widened } from '../support/sixteen-bits.ts';
import { expectedVectorGradients, expectedVectors, type VectorCall } from '../support/vectors.ts';
import { shape } from './calls.ts';
import { expectNear } from './contract.ts';
import { data, numbersOf } from './data.ts';
import { holds } from './holds.ts';
import { type AnyDtype, putAs, resetAllPlaces, wheres } from './where.ts';

// A few of the smallest float32.
const SMALLEST = 4 * 2 ** -149;

const dtype = fc.constantFrom<AnyDtype>('float32', 'float32', 'float16', 'bfloat16');

const drawn = fc
  .record({
    shape: shape(1, 5),
    axes: fc.array(fc.nat({ max: 4 }), { maxLength: 5 }),
    p: fc.constantFrom(1, 2, 2, Number.POSITIVE_INFINITY),
    eps: fc.constantFrom(1e-12, 0, 0.5, 1e3),
    x: data(),
    g: data(),
    dtypes: fc.record({ x: dtype, g: dtype, out: dtype }),
    at: wheres,
  })
  .map(({ shape, axes, p, eps, ...rest }) => {
    // Every other one is counted from the last.
    const own = axes
      .filter((axis, i) => axis < shape.length && axes.indexOf(axis) === i)
      .map((axis, i) => (i % 2 === 0 ? axis : axis - shape.length));
    const call: VectorCall = { shape, axes: own, p, eps };
    return { call, ...rest };
  });

/** Returns the values that a dtype keeps of others. */
function kept(values: Float32Array, dtype: AnyDtype): Float32Array {
  return dtype === 'float32' ? values : widened(rounded(values, dtype), dtype);
}

/** Returns the values of a tensor of any dtype. */
function valuesOf({ data, dtype }: Tensor<FloatData>): Float32Array {
  return dtype === 'float32'
    ? (data as Float32Array)
    : widened(data as Uint16Array, dtype as 'float16' | 'bfloat16');
}

holds(
  'a normalized vector is within 2^-22 of each element, and the same bits from and to any place',
  60,
  drawn,
  ({ call, dtypes, at, ...random }) => {
    const { shape, ...options } = call;
    const x = numbersOf(random.x, sizeOf(shape));
    const values = kept(x, dtypes.x);
    const y = normalize(new Tensor(values.slice(), shape), options).data;
    const expected = expectedVectors(call, values);
    // What 16 bits make of 3e38 is infinite.
    if (values.every(Number.isFinite)) {
      expected.forEach((wanted, i) => {
        const allowed = 2 ** -22 * Math.abs(wanted) + SMALLEST;
        expectNear(y[i] as number, wanted, allowed, `element ${i}`);
      });
    }
    for (const outOf of [
      () => undefined,
      () => putAs(dtypes.out, at.out, new Float32Array(x.length).fill(7), shape),
      (given: Tensor<FloatData>) => given,
    ]) {
      resetAllPlaces();
      const given = putAs(dtypes.x, at.x, x, shape);
      const out = outOf(given);
      const found: Tensor<FloatData> = normalize(given, { ...options, out });
      if (out) expect(found).toBe(out);
      expectSameBits(valuesOf(found), kept(y, found.dtype as AnyDtype));
      if (out !== given) expectSameBits(valuesOf(given), values);
    }
  },
);

holds(
  'the gradient of a normalized vector is near the formulas, and the same bits likewise',
  40,
  drawn,
  ({ call, dtypes, at, ...random }) => {
    const { shape, ...options } = call;
    const x = numbersOf(random.x, sizeOf(shape));
    const g = numbersOf(random.g, x.length);
    const values = kept(x, dtypes.x);
    const slopes = kept(g, dtypes.g);
    const wideG = new Tensor(slopes.slice(), shape);
    const dx = normalizeBackward(wideG, new Tensor(values.slice(), shape), options).input.data;
    if (values.every(Number.isFinite) && slopes.every(Number.isFinite)) {
      const { input, sizes } = expectedVectorGradients(call, slopes, values);
      input.forEach((wanted, i) => {
        const allowed = 2 ** -23 * Math.abs(wanted) + 1e-12 * (sizes[i] as number) + SMALLEST;
        expectNear(dx[i] as number, wanted, allowed, `element ${i}`);
      });
    }
    for (const outOf of [
      () => undefined,
      () => putAs(dtypes.out, at.out, new Float32Array(x.length).fill(7), shape),
      (given: Tensor<FloatData>) => given,
      (_: Tensor<FloatData>, slope: Tensor<FloatData>) => slope,
    ]) {
      resetAllPlaces();
      const given = putAs(dtypes.x, at.x, x, shape);
      const slope = putAs(dtypes.g, at.other, g, shape);
      const out = outOf(given, slope);
      const found: Tensor<FloatData> = normalizeBackward(slope, given, { ...options, out }).input;
      if (out) expect(found).toBe(out);
      expectSameBits(valuesOf(found), kept(dx, found.dtype as AnyDtype));
    }
  },
);
