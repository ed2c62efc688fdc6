import { describe, expect, test } from 'vitest';
import { normalize, normalizeBackward } from '../../src/index.ts';
import { expectSameBits, expectWithin } from '../support/closeness.ts';
import { normals } from '../support/random.ts';
import { recordedArena } from '../support/recorded-arena.ts';
import { sizeOf } from '../support/shapes.ts';
import { expectedVectorGradients, expectedVectors, type VectorCall } from '../support/vectors.ts';

/** Expects vectors and their gradients to be right in every place, and returns what kernels run. */
function expectVectors(call: VectorCall, change: (x: Float32Array) => void = () => {}) {
  const { shape, ...options } = call;
  const size = sizeOf(shape);
  const x = normals(size, 1, 1, 2);
  const g = normals(size, 2);
  change(x);
  const input = { data: x, shape };
  const gradient = { data: g, shape };
  const y = normalize(input, options);
  const expected = expectedVectors(call, x);
  expectWithin(y.data, expected, expected.map(Math.abs), 2e-7);
  const dx = normalizeBackward(gradient, input, options);
  const slopes = expectedVectorGradients(call, g, x);
  const sizes = slopes.input.map((value, i) => Math.abs(value) + (slopes.sizes[i] as number));
  expectWithin(dx.input.data, slopes.input, sizes, 1e-6);
  expect([dx.weight, dx.bias]).toEqual([null, null]);

  const { arena, callsOf } = recordedArena(12 * size + 1024);
  const out = { data: new Float32Array(size), shape };
  const inArena = arena.tensor(input);
  const gradientInArena = arena.tensor(gradient);
  const copied = {
    forward: callsOf(() => expectSameBits(normalize(inArena, { ...options, out }).data, y.data)),
    backward: callsOf(() => {
      const found = normalizeBackward(gradientInArena, inArena, { ...options, out });
      expectSameBits(found.input.data, dx.input.data);
    }),
  };
  return {
    copied,
    backward: callsOf(() => {
      const into = { ...options, out: arena.tensor(shape) };
      const found = normalizeBackward(gradientInArena, inArena, into);
      expectSameBits(found.input.data, dx.input.data);
    }),
    forward: callsOf(() => normalize(inArena, { ...options, out: inArena })),
    inPlace: expectSameBits(inArena.data, y.data),
  };
}

const vector = { p: 2, axes: [1], eps: 1e-12 };

describe('vectors are divided by their norms', () => {
  test.each([1, 2, Number.POSITIVE_INFINITY])('p %f', (p) => {
    const code = p === Number.POSITIVE_INFINITY ? 0 : p;
    const ties = code === 0 ? ', countAtLeast 5 7' : '';
    const { forward, backward, copied } = expectVectors({ ...vector, shape: [5, 7], p });
    expect(forward).toBe(`addNorms 5 7 ${code}, applyRows 5 7 5 0`);
    expect(backward).toBe(`addNorms 5 7 ${code}, addProducts 5 7${ties}, combineVectors 5 7`);
    expect(copied).toEqual({ forward, backward });
  });

  test.each([1, 2, Number.POSITIVE_INFINITY])('where norms are small, or nothing, p %f', (p) => {
    const zeros = (x: Float32Array) => x.fill(0, 7, 14);
    for (const eps of [0, 1e-3, 12]) expectVectors({ ...vector, shape: [5, 7], p, eps }, zeros);
    const { input } = normalizeBackward(
      { data: Float32Array.of(1, 2), shape: [1, 2] },
      { data: new Float32Array(2), shape: [1, 2] },
      { p, eps: 0 },
    );
    expect(input.data).toEqual(new Float32Array(2));
  });

  test('which ties share', () => {
    expectVectors({ ...vector, shape: [5, 7], p: Number.POSITIVE_INFINITY }, (x) => {
      x[8] = 9;
      x[10] = -9;
    });
  });
});

describe('vectors are taken', () => {
  test.each<[string, Partial<VectorCall> & { readonly shape: readonly number[] }, string, string]>([
    [
      'as rows of one element',
      { shape: [3, 4], axes: [] },
      'addNorms 12 1 2, applyRows 12 1 12 0',
      'addNorms 12 1 2, addProducts 12 1, combineVectors 12 1',
    ],
    [
      'as rows of two dimensions',
      { shape: [3, 4, 5], axes: [1, 2] },
      'addNorms 3 20 2, applyRows 3 20 3 0',
      'addNorms 3 20 2, addProducts 3 20, combineVectors 3 20',
    ],
    [
      'as many rows as have numbers',
      { shape: [4100, 2] },
      'addNorms 4096 2 2, applyRows 4096 2 4096 0, addNorms 4 2 2, applyRows 4 2 4 0',
      'addNorms 4096 2 2, addProducts 4096 2, combineVectors 4096 2, addNorms 4 2 2, addProducts 4 2, combineVectors 4 2',
    ],
    [
      'as columns',
      { shape: [4, 6, 5] },
      '4 (transpose 6 5 6 5, addNorms 5 6 2, applyRows 5 6 5 0, transpose 5 6 5 6)',
      '4 (2 transpose 6 5 6 5, addNorms 5 6 2, addProducts 5 6, combineVectors 5 6, transpose 5 6 5 6)',
    ],
    [
      'as columns of two dimensions',
      { shape: [2, 4, 6, 5], axes: [1, 2] },
      '2 (transpose 24 5 24 5, addNorms 5 24 2, applyRows 5 24 5 0, transpose 5 24 5 24)',
      '2 (2 transpose 24 5 24 5, addNorms 5 24 2, addProducts 5 24, combineVectors 5 24, transpose 5 24 5 24)',
    ],
    [
      'as many columns as a half of a tile holds',
      { shape: [1, 20, 2000] },
      'transpose 20 1632 20 2000, addNorms 1632 20 2, applyRows 1632 20 1632 0, transpose 1632 20 2000 20, transpose 20 368 20 2000, addNorms 368 20 2, applyRows 368 20 368 0, transpose 368 20 2000 20',
      '2 transpose 20 1632 20 2000, addNorms 1632 20 2, addProducts 1632 20, combineVectors 1632 20, transpose 1632 20 2000 20, 2 transpose 20 368 20 2000, addNorms 368 20 2, addProducts 368 20, combineVectors 368 20, transpose 368 20 2000 20',
    ],
    ['not at all where they are empty', { shape: [4, 0, 5] }, '', ''],
    ['not at all where there are none', { shape: [4, 6, 0] }, '', ''],
  ])('%s', (_, call, forward, backward) => {
    const found = expectVectors({ ...vector, ...call });
    expect([found.forward, found.backward]).toEqual([forward, backward]);
  });

  test.each([1, 2, Number.POSITIVE_INFINITY])(
    'in pieces where a tile does not hold one, p %f',
    (p) => {
      const code = p === Number.POSITIVE_INFINITY ? 0 : p;
      const { forward, backward, copied } = expectVectors({ ...vector, shape: [2, 66_000], p });
      const ties = code === 0 ? 'countAtLeast 2 66000, ' : '';
      const piecesOfTies = code === 0 ? 'countAtLeast 1 65536, countAtLeast 1 464, ' : '';
      expect(forward).toBe(`addNorms 2 66000 ${code}, applyRows 2 66000 2 0`);
      expect(backward).toBe(
        `addNorms 2 66000 ${code}, addProducts 2 66000, ${ties}combineVectors 2 66000`,
      );
      expect(copied).toEqual({
        forward: `2 (addNorms 1 65536 ${code}, addNorms 1 464 ${code}, applyRows 1 65536 1 0, applyRows 1 464 1 0)`,
        backward: `2 (addNorms 1 65536 ${code}, addProducts 1 65536, addNorms 1 464 ${code}, addProducts 1 464, ${piecesOfTies}combineVectors 1 65536, combineVectors 1 464)`,
      });
    },
  );

  test.each([
    ['lie apart', [4, 6, 5], [0, 2]],
    ['come in another order', [4, 6, 5], [2, 1]],
    ['have more elements than columns may', [2, 4100, 3], [1]],
    ['do not fit a tile together', [300, 20, 12], [0, 2]],
  ])('in copies where their dimensions %s', (_, shape, axes) => {
    for (const p of [1, 2, Number.POSITIVE_INFINITY]) expectVectors({ ...vector, shape, axes, p });
  });
});
