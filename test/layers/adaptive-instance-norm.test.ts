import { describe, expect, test } from 'vitest';
import { adaptiveInstanceNorm, instanceNorm, Tensor } from '../../src/index.ts';
import { expectClose, expectSameBits, expectSpoiledRows } from '../support/closeness.ts';
import { normals } from '../support/random.ts';
import { rowMoments } from '../support/reference.ts';
import { expectRefusal } from '../support/refusals.ts';
import { SHAPES, sizeOf } from '../support/shapes.ts';

interface Options {
  readonly alpha?: number;
  readonly eps?: number;
}

/** alpha * ((x - mean) / std * styleStd + styleMean) + (1 - alpha) * x, in float64. */
function reference(content: Tensor, style: Tensor, { alpha = 1, eps = 1e-5 }: Options = {}) {
  const rows = rowMoments(content.data, content.shape);
  const styles = rowMoments(style.data, style.shape);
  const length = content.size / rows.length;
  return Float64Array.from(content.data, (value, i) => {
    const row = Math.floor(i / length);
    const own = rows[row] as (typeof rows)[number];
    const other = styles[row % styles.length] as (typeof rows)[number];
    const std = Math.sqrt(own.variance + eps);
    const standard = std === 0 ? 0 : (value - own.mean) / std;
    const styled = standard * Math.sqrt(other.variance + eps) + other.mean;
    return alpha * styled + (1 - alpha) * value;
  });
}

const content = new Tensor(normals(2 * 3 * 77, 1, 5, 2), [2, 3, 7, 11]);
const style = new Tensor(normals(2 * 3 * 20, 2, -1, 3), [2, 3, 20]);
const oneStyle = new Tensor(normals(3 * 150, 3, 10, 0.5), [1, 3, 10, 15]);

// The weights and biases that the styles amount to: deviations up to 3.5, means up to 11.
const reach = { weight: [4], bias: [11] };

describe('adaptiveInstanceNorm', () => {
  test.each([
    ['a style for each sample', style],
    ['one style for all samples', oneStyle],
    ['the content itself', content],
  ])('gives the float64 reference with %s', (_, model) => {
    for (const alpha of [1, 0.7, 0.25, 0]) {
      for (const eps of [1e-5, 0, 0.5]) {
        const y = adaptiveInstanceNorm(content, model, { alpha, eps });
        expect(y.shape).toEqual(content.shape);
        expectClose(y.data, reference(content, model, { alpha, eps }), reach);
      }
    }
  });

  test.each(SHAPES.map((shape) => [shape]))('gives the float64 reference for shape %j', (shape) => {
    const [samples, channels] = shape as [number, number];
    const x = new Tensor(normals(sizeOf(shape), 7, 5, 2), shape);
    for (const styles of [1, samples]) {
      const model = new Tensor(normals(styles * channels * 9, 8, -1, 2), [styles, channels, 9]);
      const y = adaptiveInstanceNorm(x, model, { alpha: 0.6 });
      expectClose(y.data, reference(x, model, { alpha: 0.6 }), reach);
    }
  });

  test("gives each channel the style's mean and deviation", () => {
    const y = adaptiveInstanceNorm(content, style, { eps: 0 });
    const wanted = rowMoments(style.data, style.shape);
    rowMoments(y.data, y.shape).forEach(({ mean, variance }, row) => {
      expect(mean).toBeCloseTo(wanted[row]?.mean as number, 5);
      expect(Math.sqrt(variance)).toBeCloseTo(Math.sqrt(wanted[row]?.variance as number), 5);
    });
  });

  test('is instance normalization with the parameters of the style', () => {
    const eps = 1e-5;
    const moments = rowMoments(style.data, style.shape);
    const weight = Float32Array.from(moments, ({ variance }) => Math.sqrt(variance + eps));
    const bias = Float32Array.from(moments, ({ mean }) => mean);
    const y = adaptiveInstanceNorm(content, style, { eps });
    expectClose(y.data, Array.from(instanceNorm(content, { weight, bias, eps }).data), reach);
  });

  test('uses all of the style by default', () => {
    expectSameBits(
      adaptiveInstanceNorm(content, style).data,
      adaptiveInstanceNorm(content, style, { alpha: 1 }).data,
    );
  });

  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
  const odd = Float32Array.of(0.1, 1000.3, nan, 1, infinity, -0, 7, 7, 3e38, -3e38, 1e-45, 0);
  test.each([
    ['of any values', style],
    ['without spread', new Tensor(new Float32Array(6).fill(3), [2, 3, 1])],
    ['of NaN', new Tensor(new Float32Array(6).fill(nan), [2, 3, 1])],
    ['of the largest values', new Tensor(Float32Array.of(3e38, -3e38, 1, 2, 3, 4), [1, 3, 2])],
  ])('gives the content bit for bit at alpha 0, with a style %s', (_, model) => {
    for (const x of [content, new Tensor(odd, [2, 3, 2])]) {
      const before = x.data.slice();
      for (const eps of [1e-5, 0]) {
        const out = new Tensor(new Float32Array(x.size), x.shape);
        const y = adaptiveInstanceNorm(x, model, { alpha: 0, eps });
        expect(y.data).not.toBe(x.data);
        expectSameBits(y.data, before);
        expectSameBits(adaptiveInstanceNorm(x, model, { alpha: 0, eps, out }).data, before);
        expectSameBits(adaptiveInstanceNorm(x, model, { alpha: 0, eps, out: x }).data, before);
      }
    }
  });

  test("gives a constant channel the style's mean, also without eps", () => {
    const constant = new Tensor(new Float32Array(3 * 50).fill(7.7), [1, 3, 50]);
    const means = rowMoments(oneStyle.data, oneStyle.shape).map(({ mean }) => Math.fround(mean));
    for (const eps of [1e-5, 0]) {
      const y = adaptiveInstanceNorm(constant, oneStyle, { eps });
      expect([...y.data]).toEqual(means.flatMap((mean) => Array(50).fill(mean)));
    }
  });

  test("gives the style's constant where the style has no spread", () => {
    const flat = new Tensor(new Float32Array(3 * 4).fill(0.3), [1, 3, 4]);
    const y = adaptiveInstanceNorm(content, flat, { eps: 0 });
    expect(y.data.every((value) => value === Math.fround(0.3))).toBe(true);
  });

  test('takes content with one value in each channel, which has no spread', () => {
    const one = new Tensor(Float32Array.of(5, 6, 7), [1, 3]);
    const y = adaptiveInstanceNorm(one, oneStyle);
    expectClose(y.data, reference(one, oneStyle), reach);
  });

  test('takes one tensor for content, style and result', () => {
    const x = new Tensor(content.data.slice(), content.shape);
    adaptiveInstanceNorm(x, x, { out: x });
    expectClose(x.data, reference(content, content), reach);
  });

  test('keeps NaN in its own channel of its own sample', () => {
    const clean = adaptiveInstanceNorm(content, style);
    const data = content.data.slice();
    data[4 * 77 + 3] = Number.NaN;
    const y = adaptiveInstanceNorm(new Tensor(data, content.shape), style);
    expectSpoiledRows(y.data, clean.data, 77, (row) => row === 4);
  });

  test('keeps NaN of a style in the rows that take it', () => {
    const data = oneStyle.data.slice();
    data[200] = Number.NaN;
    const y = adaptiveInstanceNorm(content, new Tensor(data, oneStyle.shape));
    const clean = adaptiveInstanceNorm(content, oneStyle);
    expectSpoiledRows(y.data, clean.data, 77, (row) => row % 3 === 1);
  });

  test('gives an empty tensor for empty content', () => {
    for (const shape of [
      [0, 3, 4],
      [2, 3, 0],
    ]) {
      const empty = new Tensor(new Float32Array(0), shape);
      expect(adaptiveInstanceNorm(empty, oneStyle).shape).toEqual(shape);
    }
  });

  test('writes into out, content itself included, and leaves the style as it was', () => {
    const expected = adaptiveInstanceNorm(content, style);
    const before = style.data.slice();
    const out = new Tensor(new Float32Array(content.size), content.shape);
    expect(adaptiveInstanceNorm(content, style, { out })).toBe(out);
    expectSameBits(out.data, expected.data);
    const itself = new Tensor(content.data.slice(), content.shape);
    expect(adaptiveInstanceNorm(itself, style, { out: itself })).toBe(itself);
    expectSameBits(itself.data, expected.data);
    expectSameBits(style.data, before);
  });

  test('works in place through another view of the same elements', () => {
    const elements = content.data.slice();
    const view = new Tensor(new Float32Array(elements.buffer), content.shape);
    adaptiveInstanceNorm(new Tensor(elements, content.shape), style, { out: view });
    expectSameBits(elements, adaptiveInstanceNorm(content, style).data);
  });
});

describe('adaptiveInstanceNorm, before it writes anything,', () => {
  const empty = (...shape: number[]) => new Tensor(new Float32Array(sizeOf(shape)), shape);
  const refused: [string, object, ErrorConstructor, string, string][] = [
    ['no content', { content: undefined }, TypeError, 'content', 'undefined'],
    ['no style', { style: null }, TypeError, 'style', 'null'],
    ['content of 1 dimension', { content: empty(6) }, RangeError, 'content', 'shape [6]'],
    ['a style of 1 dimension', { style: empty(6) }, RangeError, 'style', 'shape [6]'],
    ['a style of other channels', { style: empty(2, 4, 5) }, RangeError, 'style', '[2, 4, 5]'],
    ['a style of other samples', { style: empty(3, 3, 5) }, RangeError, 'style', '[3, 3, 5]'],
    ['a style of no samples', { style: empty(0, 3, 5) }, RangeError, 'style', '[0, 3, 5]'],
    ['a style of no values', { style: empty(2, 3, 0) }, RangeError, 'style', '[2, 3, 0]'],
    ['an alpha above 1', { alpha: 1.5 }, RangeError, 'alpha', '1.5'],
    ['an alpha below 0', { alpha: -0.1 }, RangeError, 'alpha', '-0.1'],
    ['an alpha of NaN', { alpha: Number.NaN }, RangeError, 'alpha', 'NaN'],
    ['a word for alpha', { alpha: 'all' }, TypeError, 'alpha', '"all"'],
    ['a negative eps', { eps: -1 }, RangeError, 'eps', '-1'],
    ['an unknown layout', { layout: 'chw' }, RangeError, 'layout', '"chw"'],
    ['an unknown option', { strength: 1 }, TypeError, 'options', '"strength"'],
    ['an out of another shape', { out: empty(2, 3, 11, 7) }, RangeError, 'out', '[2, 3, 11, 7]'],
  ];
  test.each(refused)('refuses %s', (_, change, kind, argument, got) => {
    for (const alpha of [1, 0]) {
      const out = new Tensor(normals(content.size, 5), content.shape);
      const call = { content: content as unknown, style: style as unknown, out, alpha, ...change };
      const { content: x, style: model, ...options } = call;
      expectRefusal(
        () => adaptiveInstanceNorm(x as Tensor, model as Tensor, options),
        kind,
        argument,
        got,
        [out.data, content.data, style.data],
      );
    }
  });

  test('refuses an out that shares memory with the style', () => {
    const memory = normals(200, 6);
    const x = new Tensor(memory.subarray(0, 60), [2, 3, 10]);
    const model = new Tensor(memory.subarray(60, 120), [2, 3, 10]);
    const out = new Tensor(memory.subarray(100, 160), [2, 3, 10]);
    for (const alpha of [1, 0]) {
      expectRefusal(
        () => adaptiveInstanceNorm(x, model, { out, alpha }),
        RangeError,
        'out',
        'bytes 400 to 640',
        [memory],
      );
    }
  });
});
