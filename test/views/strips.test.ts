import { describe, expect, it, test } from 'vitest';
import { MAX_CHANNELS, MAX_ELEMENTS, TILE_SIZE } from '../../src/memory/sizes.ts';
import { capacityOf, fitsScratch, GroupStrips, Pieces } from '../../src/views/strips.ts';
import { expectEachOnce, stripsOf } from '../support/tiles.ts';

const rowsOf = (count: number, groupSize: number, length: number, period = groupSize) => ({
  count,
  groupSize,
  length,
  period,
});

describe('the scratch', () => {
  test.each([
    ['as many elements as a tile', 4, TILE_SIZE / 4, TILE_SIZE, true],
    ['a row more than a tile', 4, TILE_SIZE / 4 + 1, TILE_SIZE, false],
    ['the same in a larger tile', 4, TILE_SIZE / 4 + 1, 2 * TILE_SIZE, true],
    ['the same in place', 4, TILE_SIZE / 4 + 1, Infinity, true],
    ['as many channels as have numbers', MAX_CHANNELS, 2, TILE_SIZE, true],
    ['a channel more', MAX_CHANNELS + 1, 2, TILE_SIZE, false],
    ['a channel more in place', MAX_CHANNELS + 1, 2, Infinity, false],
    ['as many elements as have weights', MAX_ELEMENTS, 1, TILE_SIZE, true],
    ['an element more in place', MAX_ELEMENTS + 1, 1, Infinity, false],
  ])('holds %s, or not', (_, groupSize, length, most, fits) => {
    expect(fitsScratch(rowsOf(9, groupSize, length), most)).toBe(fits);
  });

  test.each([
    [3, 100, TILE_SIZE, Math.floor(TILE_SIZE / 300)],
    [3, 100, 2 * TILE_SIZE, Math.floor((2 * TILE_SIZE) / 300)],
    [1, 4, TILE_SIZE, MAX_CHANNELS],
    [2, TILE_SIZE, Infinity, MAX_CHANNELS],
  ])('has room for rows of %i channels of %i elements', (groupSize, length, most, capacity) => {
    expect(capacityOf(rowsOf(9, groupSize, length), most)).toBe(capacity);
  });
});

describe('GroupStrips', () => {
  it.each([
    ['whole periods', rowsOf(12, 2, 3, 6), 7, [6, 6]],
    ['one period where no more fit', rowsOf(12, 2, 3, 6), 3, [3, 3, 3, 3]],
    ['rows within a period', rowsOf(12, 2, 3, 8), 3, [3, 1, 3, 1, 3, 1]],
    ['the rest of the last', rowsOf(7, 1, 5, 1), 3, [3, 3, 1]],
    ['less than a period', rowsOf(2, 2, 3, 8), 3, [2]],
    ['no rows', rowsOf(0, 2, 3, 8), 3, []],
    ['as many channels as have weights', rowsOf(4, 1, 1, MAX_CHANNELS), MAX_CHANNELS, [4]],
    [
      'a period of as many channels as have weights',
      rowsOf(2 * MAX_CHANNELS, 1, 1, MAX_CHANNELS),
      MAX_CHANNELS,
      [MAX_CHANNELS, MAX_CHANNELS],
    ],
    ['elements of many rows', rowsOf(5, MAX_CHANNELS + 1, 1), 2, [2, 2, 1]],
    [
      'a period of more channels than have weights',
      rowsOf(6, MAX_CHANNELS / 2, 1, 3 * (MAX_CHANNELS / 2)),
      9,
      [2, 1, 2, 1],
    ],
  ] as const)('takes %s', (_, rows, capacity, taken) => {
    const strips = stripsOf(new GroupStrips(rows, capacity));
    expect(strips.map((strip) => strip.rows)).toEqual(taken);
    expectEachOnce(strips, 0, rows.count * rows.groupSize * rows.length);
  });

  it('names the first row of a strip, and its channels within a period', () => {
    const strips = stripsOf(new GroupStrips(rowsOf(8, 2, 3, 8), 3));
    const named = strips.map(({ first, channel, channels }) => [first, channel, channels]);
    expect(named).toEqual([
      [0, 0, 6],
      [3, 6, 2],
      [4, 0, 6],
      [7, 6, 2],
    ]);
  });

  it('gives whole periods the channels of one', () => {
    const strips = stripsOf(new GroupStrips(rowsOf(9, 2, 3, 6), 7));
    const named = strips.map(({ first, channel, channels }) => [first, channel, channels]);
    expect(named).toEqual([
      [0, 0, 6],
      [6, 0, 6],
    ]);
  });
});

describe('Pieces', () => {
  it('are of as many elements as have weights, from the start of the row', () => {
    const pieces = stripsOf(new Pieces(7, MAX_ELEMENTS + 10));
    expectEachOnce(pieces, 7, MAX_ELEMENTS + 10);
    expect(pieces.map(({ element, rows }) => [element, rows])).toEqual([
      [0, 1],
      [MAX_ELEMENTS, 1],
    ]);
  });

  it('are of as many elements as asked for', () => {
    expect(stripsOf(new Pieces(0, 10, 4)).map(({ length }) => length)).toEqual([4, 4, 2]);
  });
});
