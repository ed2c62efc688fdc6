import { describe, expect, test } from 'vitest';
import { Arena } from '../../src/index.ts';
import { memoryFor } from '../../src/memory/memory.ts';
import { TILE_SIZE } from '../../src/memory/sizes.ts';
import { RowView } from '../../src/views/row-view.ts';
import type { RowStrip } from '../../src/views/view.ts';

type Places = ConstructorParameters<typeof RowView>[0];

/** Returns the strips of a view of an input that lies in an arena, or does not. */
function stripsOf(places: Places, inPlace: boolean): readonly RowStrip[] {
  const { start, samples, sampleStride, channels, length, stride } = places;
  const rows = Math.max(0, samples - 1) * sampleStride + Math.max(0, channels - 1) * stride;
  const shape = [start + rows + length];
  const input = inPlace
    ? new Arena(4 * (shape[0] as number) + 64).tensor(shape).data
    : new Float32Array(shape[0] as number);
  const strips: RowStrip[] = [];
  const operation = {
    takesStrides: false,
    rows: (_: unknown, strip: RowStrip) => void strips.push(strip),
    columns: () => expect.fail('rows are no columns'),
  };
  const view = new RowView(places);
  expect([view.channels, view.fold]).toEqual([channels, 1]);
  view.run(memoryFor(0, input), operation, { output: null, input, gradOutput: null });
  return strips;
}

/** Lists what tells strips apart. */
const told = (strips: readonly RowStrip[]) =>
  strips.map(({ start, rows, length, channel, gap }) => [start, rows, length, channel, gap]);

const packed = {
  start: 7,
  samples: 30,
  sampleStride: 4000,
  channels: 4,
  length: 1000,
  stride: 1000,
};

describe('rows', () => {
  test('are one strip where they lie', () => {
    const [strip, ...others] = stripsOf(packed, true);
    expect(others).toEqual([]);
    expect(strip).toEqual({
      start: 7,
      rows: 120,
      length: 1000,
      stride: 1000,
      channel: 0,
      period: 4,
      gap: 0,
    });
  });

  test('are one strip where they lie, though there is a gap between samples', () => {
    expect(told(stripsOf({ ...packed, sampleStride: 4500 }, true))).toEqual([
      [7, 120, 1000, 0, 500],
    ]);
  });

  test('are whole samples that a tile holds', () => {
    expect(told(stripsOf(packed, false))).toEqual([
      [7, 64, 1000, 0, 0],
      [7 + 64_000, 56, 1000, 0, 0],
    ]);
  });

  test('are whole samples where a tile holds just one', () => {
    const size = TILE_SIZE / 4;
    const places = { ...packed, samples: 2, sampleStride: TILE_SIZE, length: size, stride: size };
    expect(told(stripsOf(places, false))).toEqual([
      [7, 4, size, 0, 0],
      [7 + TILE_SIZE, 4, size, 0, 0],
    ]);
  });

  test('are of one sample where there is a gap, and they are copied', () => {
    expect(told(stripsOf({ ...packed, samples: 2, sampleStride: 4500 }, false))).toEqual([
      [7, 4, 1000, 0, 0],
      [4507, 4, 1000, 0, 0],
    ]);
  });

  test('of a single sample have no gap', () => {
    const single = { ...packed, samples: 1, sampleStride: 9000 };
    for (const inPlace of [true, false]) {
      expect(told(stripsOf(single, inPlace))).toEqual([[7, 4, 1000, 0, 0]]);
    }
  });

  test('are as many as a tile holds', () => {
    const places = {
      start: 0,
      samples: 2,
      sampleStride: 70_000,
      channels: 7,
      length: 10_000,
      stride: 10_000,
    };
    expect(told(stripsOf(places, false))).toEqual([
      [0, 6, 10_000, 0, 0],
      [60_000, 1, 10_000, 6, 0],
      [70_000, 6, 10_000, 0, 0],
      [130_000, 1, 10_000, 6, 0],
    ]);
    for (const strip of stripsOf(places, false))
      expect(strip).toMatchObject({ period: 7, stride: 10_000 });
    expect(told(stripsOf(places, true))).toEqual([[0, 14, 10_000, 0, 0]]);
  });

  test('are parts of one where a tile holds no more', () => {
    const length = 2 * TILE_SIZE + 5;
    const places = { start: 3, samples: 1, sampleStride: 0, channels: 2, length, stride: length };
    expect(told(stripsOf(places, false))).toEqual([
      [3, 1, TILE_SIZE, 0, 0],
      [3 + TILE_SIZE, 1, TILE_SIZE, 0, 0],
      [3 + 2 * TILE_SIZE, 1, 5, 0, 0],
      [3 + length, 1, TILE_SIZE, 1, 0],
      [3 + length + TILE_SIZE, 1, TILE_SIZE, 1, 0],
      [3 + length + 2 * TILE_SIZE, 1, 5, 1, 0],
    ]);
  });

  test('that lie apart are strips of a sample', () => {
    const places = { start: 5, samples: 2, sampleStride: 100, channels: 3, length: 20, stride: 30 };
    for (const inPlace of [true, false]) {
      expect(told(stripsOf(places, inPlace))).toEqual([
        [5, 3, 20, 0, 0],
        [105, 3, 20, 0, 0],
      ]);
    }
  });

  test.each([{ samples: 0 }, { channels: 0 }, { length: 0, stride: 0 }, { length: 0 }])(
    'are none where there is nothing: %j',
    (change) => {
      for (const inPlace of [true, false]) {
        expect(stripsOf({ ...packed, ...change }, inPlace)).toEqual([]);
      }
    },
  );
});
