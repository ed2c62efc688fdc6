// Tensors of 16 bits give what float32 gives for their values, rounded, whatever is mixed with
// whatever, and wherever it lies.

import fc from 'fast-check';
import { expect } from 'vitest';
import {
  adaptiveInstanceNorm,
  ChannelMoments,
  type FloatData,
  Tensor,
  type TensorLike,
} from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { type Arrays, backward, forward } from '../support/norms.ts';
import { sizeOf } from '../support/shapes.ts';
import { rounded, widened } from '../support/sixteen-bits.ts';
import { arraysOf, type Drawn, drawn } from './calls.ts';
import { data, numbersOf } from './data.ts';
import { holds } from './holds.ts';
import { type AnyDtype, putAs, resetAllPlaces, type Where, wheres } from './where.ts';

const dtype = fc.constantFrom<AnyDtype>('float32', 'float16', 'bfloat16');

const dtypes = fc.record({ x: dtype, g: dtype, weight: dtype, bias: dtype, out: dtype });

/** Returns the values that a dtype keeps of others. */
function kept(values: Float32Array, dtype: AnyDtype): Float32Array {
  return dtype === 'float32' ? values : widened(rounded(values, dtype), dtype);
}

/** Expects float32 values as a dtype holds them, to the bit. */
function expectKept(actual: Tensor<FloatData>, values: Float32Array, dtype: AnyDtype): void {
  expect(actual.dtype).toBe(dtype);
  if (dtype === 'float32') expectSameBits(actual.data as Float32Array, values);
  else expect(Buffer.compare(bytesOf(actual.data), bytesOf(rounded(values, dtype)))).toBe(0);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The arrays of a call, with weight and bias of their dtypes, and as float32 of the same values. */
function parametersOf(
  random: Drawn,
  of: { readonly weight: AnyDtype; readonly bias: AnyDtype },
  at: Where,
): { readonly wide: Arrays; readonly given: Arrays } {
  const wide: Record<string, Float32Array> = { ...arraysOf(random) };
  const given: Record<string, unknown> = { ...arraysOf(random) };
  for (const name of ['weight', 'bias'] as const) {
    const values = wide[name];
    if (!values) continue;
    wide[name] = kept(values, of[name]);
    given[name] = putAs(of[name], at, values, [values.length]);
  }
  return { wide, given: given as Arrays };
}

holds(
  'a result of any dtypes is that of float32, rounded, from and to any place',
  30,
  fc.tuple(drawn(), dtypes, wheres),
  ([random, of, at]) => {
    const { call } = random;
    const { shape } = call;
    const values = numbersOf(random.x, sizeOf(shape));
    const ways: ((x: Tensor<FloatData>) => TensorLike<FloatData> | undefined)[] = [
      () => undefined,
      () => putAs(of.out, at.out, new Float32Array(values.length).fill(7), shape),
      (x) => x,
    ];
    for (const outOf of ways) {
      resetAllPlaces();
      const { wide, given } = parametersOf(random, of, at.other);
      const expected = forward(call, { data: kept(values, of.x), shape }, wide).data;
      const x = putAs(of.x, at.x, values, shape);
      const out = outOf(x);
      const y: Tensor<FloatData> = forward(call, x as never, given, out as never);
      if (out) expect(y).toBe(out);
      expectKept(y, expected, y.dtype as AnyDtype);
      if (!out) expect(y.dtype).toBe(of.x);
      if (out !== x) expectKept(x, kept(values, of.x), of.x);
      for (const name of ['runningMean', 'runningVar'] as const) {
        if (wide[name]) expectSameBits(given[name] as Float32Array, wide[name]);
      }
    }
  },
);

holds(
  'gradients of any dtypes are those of float32, rounded, from and to any place',
  20,
  fc.tuple(drawn(), dtypes, wheres),
  ([random, of, at]) => {
    const { call } = random;
    const { shape } = call;
    const values = numbersOf(random.x, sizeOf(shape));
    const slopes = numbersOf(random.gradOutput, values.length);
    const plain = parametersOf(random, of, at.other);
    const wideX = { data: kept(values, of.x), shape };
    const expected = backward(call, { data: kept(slopes, of.g), shape }, wideX, plain.wide);
    const ways: ((g: Tensor<FloatData>, x: Tensor<FloatData>) => Tensor<FloatData> | undefined)[] =
      [
        () => undefined,
        () => putAs(of.out, at.out, new Float32Array(values.length).fill(7), shape),
        (g) => g,
        (_, x) => x,
      ];
    for (const outOf of ways) {
      resetAllPlaces();
      const { given } = parametersOf(random, of, at.other);
      const x = putAs(of.x, at.x, values, shape);
      const g = putAs(of.g, at.other, slopes, shape);
      const out = outOf(g, x);
      const found = backward(call, g as never, x as never, given, out as never);
      const input: Tensor<FloatData> = found.input;
      if (out) expect(input).toBe(out);
      else expect(input.dtype).toBe(of.x);
      expectKept(input, expected.input.data, input.dtype as AnyDtype);
      for (const name of ['weight', 'bias'] as const) {
        expect(found[name] === null).toBe(expected[name] === null);
        if (found[name]) expectSameBits(found[name], expected[name] as Float32Array);
      }
    }
  },
);

holds(
  'moments and style transfer of any dtypes are those of float32',
  10,
  fc.record({
    samples: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 20 }),
    spatial: fc.nat({ max: 400 }),
    layout: fc.constantFrom('nchw' as const, 'nhwc' as const),
    alpha: fc.constantFrom(1, 0, 0.3),
    content: data(),
    style: data(),
    of: dtypes,
    at: wheres,
  }),
  ({ samples, channels, spatial, layout, alpha, of, at, ...random }) => {
    resetAllPlaces();
    const shapeOf = (spatial: number) =>
      layout === 'nchw' ? [samples, channels, spatial] : [samples, spatial, channels];
    const shape = shapeOf(spatial);
    const values = numbersOf(random.content, sizeOf(shape));
    const styleShape = shapeOf(5);
    const styleValues = numbersOf(random.style, sizeOf(styleShape));
    const wide = new Tensor(kept(values, of.x), shape);
    const content = putAs(of.x, at.x, values, shape);
    const moments = new ChannelMoments(channels).update(content, { layout });
    expect(moments.toJSON()).toEqual(
      new ChannelMoments(channels).update(wide, { layout }).toJSON(),
    );
    const wideStyle = new Tensor(kept(styleValues, of.g), styleShape);
    const options = { layout, alpha };
    const expected = adaptiveInstanceNorm(wide, wideStyle, options).data;
    const style = putAs(of.g, at.other, styleValues, styleShape);
    const out = putAs(of.out, at.out, values, shape);
    expectKept(adaptiveInstanceNorm(content, style, { ...options, out }), expected, of.out);
    expectKept(adaptiveInstanceNorm(content, style, { ...options, out: content }), expected, of.x);
  },
);
