// A result is the same bits wherever tensors lie and wherever the result goes.

import fc from 'fast-check';
import { expect } from 'vitest';
import { adaptiveInstanceNorm, Tensor, type TensorLike } from '../../src/index.ts';
import { expectSameArrays, expectSameBits, expectSameGradients } from '../support/closeness.ts';
import { type Arrays, backward, forward } from '../support/norms.ts';
import { expectRefusal } from '../support/refusals.ts';
import { sizeOf } from '../support/shapes.ts';
import { arraysOf, drawn } from './calls.ts';
import { data, numbersOf } from './data.ts';
import { holds } from './holds.ts';
import { put, resetAllPlaces, type Where, where, wheres } from './where.ts';

/** Copies arrays to a place where tensors may lie too. */
function makeArrays(at: Where, arrays: Arrays): Arrays {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, values]: [string, Float32Array]) => [
      name,
      put(at, values, [values.length]).data,
    ]),
  );
}

holds(
  'a result is the same bits from and to any place, and nothing else is written',
  250,
  fc.tuple(drawn(), wheres),
  ([random, at]) => {
    resetAllPlaces();
    const { call } = random;
    const { shape } = call;
    const values = numbersOf(random.x, sizeOf(shape));
    const plain = arraysOf(random);
    const expected = forward(call, { data: values.slice(), shape }, plain).data;

    const ways: ((x: Tensor) => TensorLike | undefined)[] = [
      () => undefined,
      () => put(at.out, new Float32Array(values.length).fill(Number.NaN), shape),
      (x) => x,
      ({ data }) => ({ data: data.subarray(), dims: shape }),
    ];
    for (const outOf of ways) {
      const x = put(at.x, values, shape);
      const arrays = makeArrays(at.other, arraysOf(random));
      const out = outOf(x);
      const y = forward(call, x, arrays, out);
      expectSameBits(y.data, expected);
      expectSameArrays(arrays, plain);
      if (out) expect(y.data).toBe(out.data);
      if (y.data.buffer !== x.data.buffer || y.data.byteOffset !== x.data.byteOffset) {
        expectSameBits(x.data, values);
      }
      resetAllPlaces();
    }
  },
);

holds(
  'gradients are the same bits from and to any place, and nothing else is written',
  150,
  fc.tuple(drawn(), wheres),
  ([random, at]) => {
    resetAllPlaces();
    const { call } = random;
    const { shape } = call;
    const values = numbersOf(random.x, sizeOf(shape));
    const slopes = numbersOf(random.gradOutput, values.length);
    const plain = arraysOf(random);
    const g = { data: slopes.slice(), shape };
    const expected = backward(call, g, { data: values.slice(), shape }, plain);

    const ways: ((g: Tensor, x: Tensor) => Tensor | undefined)[] = [
      () => undefined,
      () => put(at.out, new Float32Array(values.length).fill(Number.NaN), shape),
      (g) => g,
      (_, x) => x,
    ];
    for (const outOf of ways) {
      const x = put(at.x, values, shape);
      const g = put(at.other, slopes, shape);
      const arrays = makeArrays(at.out, arraysOf(random));
      const out = outOf(g, x);
      const found = backward(call, g, x, arrays, out);
      expectSameGradients(found, expected);
      if (out) expect(found.input).toBe(out);
      if (out !== x) expectSameBits(x.data, values);
      if (out !== g) expectSameBits(g.data, slopes);
      // A gradient moves no running statistics.
      expectSameArrays(arrays, arraysOf(random));
      resetAllPlaces();
    }
  },
);

holds(
  'an output that overlaps an input in part is refused, with nothing written',
  50,
  fc.tuple(drawn(), fc.integer({ min: 1, max: 5 }), fc.boolean(), where),
  ([random, offset, ofGradient, at]) => {
    resetAllPlaces();
    const { call } = random;
    const { shape } = call;
    const size = sizeOf(shape);
    if (size <= offset) return;
    const memory = put(at, numbersOf(random.x, size + offset), [size + offset]).data;
    const x = { data: memory.subarray(0, size), shape };
    const out = { data: memory.subarray(offset), shape };
    const arrays = arraysOf(random);
    const watched = [memory, ...Object.values(arrays as Record<string, Float32Array>)];
    const g = { data: numbersOf(random.gradOutput, size), shape };
    const start = `bytes ${out.data.byteOffset} to `;
    expectRefusal(() => forward(call, x, arrays, out), RangeError, 'out', start, watched);
    const run = () =>
      ofGradient ? backward(call, x, g, arrays, out) : backward(call, g, x, arrays, out);
    expectRefusal(run, RangeError, 'out', start, watched);
  },
);

const size = fc.integer({ min: 1, max: 5 });

holds(
  'adaptive instance normalization is the same bits from and to any place',
  50,
  fc.record({
    samples: fc.nat({ max: 4 }),
    channels: fc.nat({ max: 9 }),
    // Ranks from 3 to 6.
    spatial: fc.oneof(
      fc.tuple(fc.nat({ max: 300 })),
      fc.array(fc.nat({ max: 6 }), { minLength: 2, maxLength: 4 }),
    ),
    styleSpatial: fc.tuple(size, size, size, size),
    oneStyle: fc.boolean(),
    layout: fc.constantFrom('nchw' as const, 'nhwc' as const),
    alpha: fc.constantFrom(1, 0, 0.3),
    content: data(),
    style: data(),
    at: wheres,
  }),
  ({ samples, channels, spatial, styleSpatial, oneStyle, layout, alpha, at, ...random }) => {
    resetAllPlaces();
    const shapeOf = (samples: number, spatial: readonly number[]) =>
      layout === 'nchw' ? [samples, channels, ...spatial] : [samples, ...spatial, channels];
    const shape = shapeOf(samples, spatial);
    const styleShape = shapeOf(oneStyle ? 1 : samples, styleSpatial.slice(0, spatial.length));
    const values = numbersOf(random.content, sizeOf(shape));
    const styleValues = numbersOf(random.style, sizeOf(styleShape));
    const options = { layout, alpha };
    const expected = adaptiveInstanceNorm(
      new Tensor(values.slice(), shape),
      new Tensor(styleValues.slice(), styleShape),
      options,
    ).data;
    for (const inPlace of [false, true]) {
      const content = put(at.x, values, shape);
      const style = put(at.other, styleValues, styleShape);
      const out = inPlace ? content : put(at.out, values, shape);
      expectSameBits(adaptiveInstanceNorm(content, style, { ...options, out }).data, expected);
      expectSameBits(style.data, styleValues);
      if (!inPlace) expectSameBits(content.data, values);
    }
  },
);
