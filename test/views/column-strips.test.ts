import { describe, expect, it, test } from 'vitest';
import { MAX_CHANNELS, TILE_SIZE } from '../../src/memory/sizes.ts';
import {
  BatchStrips,
  isShortRow,
  isSmallBatch,
  isSmallSample,
  SampleStrips,
} from '../../src/views/column-strips.ts';
import { expectEachOnce, stripsOf } from '../support/tiles.ts';

test.each([
  [256, 8, true],
  [257, 1, false],
  [128, 17, false],
  [0, 8, false],
  [8, 0, false],
])('a sample of %i rows of %i is small: %s', (rows, columns, isSmall) => {
  expect(isSmallSample(rows, columns)).toBe(isSmall);
});

test.each([
  [128, 64, true],
  [129, 1, false],
  [64, 64, true],
  [63, 64, false],
  [64, 65, false],
  [1, 8, true],
  [1, 9, false],
  [0, 1, false],
  [1, 0, false],
])('a batch of %i rows of channels of %i is small: %s', (rows, width, isSmall) => {
  expect(isSmallBatch(rows, width)).toBe(isSmall);
});

test.each([
  [1, false, false],
  [2, true, true],
  [32, true, true],
  [33, false, true],
  [56, false, true],
  [57, false, false],
])('a row of %i elements is short forward: %s, backward: %s', (length, forward, backward) => {
  expect([isShortRow(length, false), isShortRow(length, true)]).toEqual([forward, backward]);
});

describe('SampleStrips', () => {
  const samples = { start: 0, first: 0, count: 10, columns: 3, length: 5, stride: 15, period: 0 };

  it('hold whole samples, each once', () => {
    const strips = stripsOf(new SampleStrips({ ...samples, count: 5_000 }));
    expectEachOnce(strips, 0, 5_000 * 15);
    const step = Math.floor(MAX_CHANNELS / 3);
    expect(strips.map(({ rows }) => rows)).toEqual([step, step, step, 5_000 - 3 * step]);
    expect(strips.map(({ first }) => first)).toEqual([0, step * 3, step * 6, step * 9]);
    for (const { samples, columns, rows } of strips) expect([samples, columns]).toEqual([rows, 3]);
  });

  it('hold as many as a tile does', () => {
    const strips = stripsOf(
      new SampleStrips({ ...samples, count: 300, length: 1_000, stride: 3_000 }),
    );
    expect(strips[0]?.rows).toBe(Math.floor(TILE_SIZE / 3_000));
  });

  it('begin where they are told, and count channels from there', () => {
    const [strip] = stripsOf(
      new SampleStrips({ ...samples, start: 60, first: 4, count: 2, period: 9 }),
    );
    expect(strip).toMatchObject({ start: 60, first: 12, channel: 3, channels: 6, samples: 2 });
  });

  it('are one sample of many columns where each has one', () => {
    const one = { ...samples, columns: 1, length: 5, stride: 5 };
    const [without] = stripsOf(new SampleStrips(one));
    expect(without).toMatchObject({ rows: 10, samples: 1, columns: 10, channels: 1, channel: 0 });
    const [withWeights] = stripsOf(new SampleStrips({ ...one, period: 5 }));
    expect(withWeights).toMatchObject({ rows: 10, samples: 2, columns: 5, channels: 5 });
  });
});

describe('BatchStrips', () => {
  it('hold each element once, in pieces of a little less than 4 KB', () => {
    const [rows, channels, width] = [6, 700, 3];
    const strips = stripsOf(new BatchStrips(rows, channels, width));
    expectEachOnce(strips, 0, rows * channels * width);
    const step = Math.floor((1_024 - 16) / width);
    expect(strips.map(({ columns }) => columns)).toEqual([step, step, channels - 2 * step]);
    expect(strips.map(({ first }) => first)).toEqual([0, step, 2 * step]);
    for (const strip of strips) {
      const { columns, first } = strip;
      const stride = channels * width;
      expect(strip).toMatchObject({ rows, stride, samples: 1, channel: first, channels: columns });
    }
  });

  it('hold no more than a tile', () => {
    const [strip] = stripsOf(new BatchStrips(128, 2_000, 1));
    expect(strip?.columns).toBe(512 - 16);
  });
});
