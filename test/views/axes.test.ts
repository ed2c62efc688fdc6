import { describe, expect, it, test } from 'vitest';
import { MAX_CHANNELS } from '../../src/memory/sizes.ts';
import { AxesView, ColumnsOfSamples } from '../../src/views/axes.ts';
import { expectEachOnce, stripsOf } from '../support/tiles.ts';

describe('AxesView', () => {
  test.each([
    [[3], 10, 4, 10, 1, true],
    [[2, 3], 2, 20, 2, 1, true],
    [[1], 20, 2, 1, 20, false],
    [[1, 2], 4, 10, 1, 4, false],
    [[0, 3], 10, 4, 0, 1, false],
    [[3, 2], 2, 20, 0, 1, false],
    [[], 40, 1, 40, 1, true],
  ])('of axes %j of (1, 2, 5, 4)', (axes, rows, length, samples, apart, isTrailing) => {
    const view = new AxesView([1, 2, 5, 4], axes);
    expect([view.rows, view.length, view.samples]).toEqual([rows, length, samples]);
    if (samples > 0) expect(view.apart).toBe(apart);
    expect(view.isTrailing).toBe(isTrailing);
  });

  it('places each element of its rows once, in the order of the axes', () => {
    const [A, B, C, D] = [2, 3, 4, 5];
    const view = new AxesView([A, B, C, D], [3, 1]);
    const offsets = view.offsets();
    for (let row = 0; row < view.rows; row++) {
      const [a, c] = [Math.floor(row / C), row % C];
      for (let i = 0; i < view.length; i++) {
        const [d, b] = [Math.floor(i / B), i % B];
        const place = view.startOf(row) + (offsets[i] as number);
        expect(place).toBe(((a * B + b) * C + c) * D + d);
      }
    }
  });
});

describe('ColumnsOfSamples', () => {
  test.each([
    ['all that a sample has', [3, 2, 10], 64, [10, 10, 10]],
    ['a multiple of 16 where they are more', [2, 4, 40], 100, [16, 16, 8, 16, 16, 8]],
    ['16 where a tile holds those', [1, 4, 40], 64, [16, 16, 8]],
    ['fewer than 16 where it holds no more', [1, 4, 40], 60, [15, 15, 10]],
    ['as many as have numbers', [1, 1, MAX_CHANNELS + 1], 1e6, [MAX_CHANNELS, 1]],
    ['none where there are no samples', [0, 4, 40], 64, []],
    ['none where rows have no elements', [3, 0, 40], 64, []],
    ['none where there are no rows', [3, 4, 0], 64, []],
  ])('takes %s', (_, shape, most, taken) => {
    const [samples = 0, length = 0, apart = 0] = shape;
    const strips = stripsOf(new ColumnsOfSamples(new AxesView(shape, [1]), most));
    expect(strips.map((strip) => strip.length)).toEqual(taken);
    expectEachOnce(strips, 0, samples * length * apart);
    let first = 0;
    for (const strip of strips) {
      expect([strip.rows, strip.first]).toEqual([length, first]);
      first += strip.length;
    }
  });
});
