import { describe, expect, test } from 'vitest';
import { Arena } from '../../src/index.ts';
import { memoryFor } from '../../src/memory/memory.ts';
import type { Tile } from '../../src/memory/tile.ts';
import { ColumnView } from '../../src/views/column-view.ts';

type Places = ConstructorParameters<typeof ColumnView>[0];

/**
 * Returns the rows and columns of each call, and the first element of input and gradient that it
 * is given, of elements that are their own indices and ten more.
 */
function callsOf({ start, rows, channels, stride }: Places, inPlace: boolean): number[][] {
  const size = start + Math.max(0, rows - 1) * stride + channels;
  const arena = inPlace ? new Arena(8 * size + 128) : null;
  const make = () => arena?.tensor([size]).data ?? new Float32Array(size);
  const [input, gradOutput] = [make(), make()];
  for (let i = 0; i < size; i++) [input[i], gradOutput[i]] = [i, i + 10];
  const memory = memoryFor(0, input);
  const all = new Float32Array(memory.buffer);
  const calls: number[][] = [];
  const operation = {
    takesStrides: false,
    rows: () => expect.fail('columns are no rows'),
    columns(_: unknown, { rows, length: columns }: Tile, y: number, x: number, g: number) {
      const [first, gradient] = [all[x / 4] as number, all[g / 4] as number];
      expect(gradient).toBe(first + 10);
      if (inPlace && stride === channels) expect(y).toBe(input.byteOffset + first * 4);
      calls.push([rows, columns, first]);
    },
  };
  const view = new ColumnView({ start, rows, channels, stride });
  const output = inPlace && stride === channels ? input : null;
  view.run(memory, operation, { output, input, gradOutput });
  return calls;
}

describe('columns', () => {
  test('of 16 and more channels are taken as they are', () => {
    expect(new ColumnView({ start: 0, rows: 9, channels: 16, stride: 16 })).toMatchObject({
      channels: 16,
      fold: 1,
    });
    for (const inPlace of [true, false]) {
      expect(callsOf({ start: 3, rows: 9, channels: 16, stride: 16 }, inPlace)).toEqual([
        [9, 16, 3],
      ]);
    }
  });

  test('of fewer are folded: four rows are one', () => {
    expect(new ColumnView({ start: 0, rows: 9, channels: 15, stride: 15 })).toMatchObject({
      channels: 15,
      fold: 4,
    });
    for (const inPlace of [true, false]) {
      expect(callsOf({ start: 3, rows: 10, channels: 15, stride: 15 }, inPlace)).toEqual([
        [2, 60, 3],
        [2, 15, 3 + 8 * 15],
      ]);
      expect(callsOf({ start: 3, rows: 8, channels: 5, stride: 5 }, inPlace)).toEqual([[2, 20, 3]]);
      expect(callsOf({ start: 3, rows: 3, channels: 5, stride: 5 }, inPlace)).toEqual([[3, 5, 3]]);
    }
  });

  test('take as many rows as a tile holds, but all where they lie', () => {
    const places = { start: 1, rows: 33, channels: 4000, stride: 4000 };
    expect(callsOf(places, true)).toEqual([[33, 4000, 1]]);
    expect(callsOf(places, false)).toEqual([
      [16, 4000, 1],
      [16, 4000, 64_001],
      [1, 4000, 128_001],
    ]);
  });

  test('take whole folds of rows', () => {
    const places = { start: 1, rows: 5050, channels: 13, stride: 13 };
    expect(callsOf(places, true)).toEqual([
      [1262, 52, 1],
      [2, 13, 1 + 5048 * 13],
    ]);
    expect(callsOf(places, false)).toEqual([
      [1260, 52, 1],
      [2, 52, 1 + 5040 * 13],
      [2, 13, 1 + 5048 * 13],
    ]);
  });

  test('that are some of the channels are copied', () => {
    for (const inPlace of [true, false]) {
      expect(callsOf({ start: 2, rows: 33, channels: 4000, stride: 4003 }, inPlace)).toEqual([
        [16, 4000, 2],
        [16, 4000, 2 + 16 * 4003],
        [1, 4000, 2 + 32 * 4003],
      ]);
    }
  });

  test('of no rows are none', () => {
    for (const inPlace of [true, false]) {
      expect(callsOf({ start: 2, rows: 0, channels: 20, stride: 20 }, inPlace)).toEqual([]);
    }
  });

  test('of more channels than a tile holds are taken row by row', () => {
    expect(callsOf({ start: 0, rows: 2, channels: 65_552, stride: 65_552 }, true)).toEqual([
      [2, 65_552, 0],
    ]);
  });
});
