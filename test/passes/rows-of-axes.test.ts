import { describe, expect, test } from 'vitest';
import { layerNorm, layerNormBackward, Tensor } from '../../src/index.ts';
import { TILE_SIZE } from '../../src/memory/sizes.ts';
import { MasksOfAxes, RowsOfAxes } from '../../src/passes/rows-of-axes.ts';
import { AxesView } from '../../src/views/axes.ts';
import { expectSameBits } from '../support/closeness.ts';
import { normals } from '../support/random.ts';
import { affine, maskOf } from '../support/right.ts';
import { sizeOf } from '../support/shapes.ts';

/** Rows of 3600 elements that lie apart: 18 fit a tile. */
const [A, B, C] = [300, 20, 12];
const shape = [A, B, C];
const axes = [0, 2];
const ROWS_OF_TILE = Math.floor(TILE_SIZE / (A * C));

/** Moves the rows behind each other. */
function moved<Values extends Float32Array | Uint8Array>(values: Values): Values {
  return values.map((_, i) => {
    const [b, a, c] = [Math.floor(i / (A * C)), Math.floor(i / C) % A, i % C];
    return values[(a * B + b) * C + c] as number;
  }) as Values;
}

describe('rows of axes', () => {
  const view = new AxesView(shape, axes);
  const x = normals(sizeOf(shape), 1);

  test('are copied as many at once as a tile holds', () => {
    const rows = new RowsOfAxes(view, x);
    expect([rows.tiles, rows.rowsOfTile, rows.rowsOf(0), rows.rowsOf(1)]).toEqual([2, 18, 18, 2]);
    const end = ROWS_OF_TILE * A * C;
    expectSameBits(rows.copyIn(0), moved(x).subarray(0, end));
    expectSameBits(rows.copyIn(1), moved(x).subarray(end));
  });

  test('are copied back', () => {
    const y = new Float32Array(x.length);
    const [from, to] = [new RowsOfAxes(view, x), new RowsOfAxes(view, y)];
    for (let tile = 0; tile < from.tiles; tile++) {
      to.area(tile).set(from.copyIn(tile));
      to.copyOut(tile);
    }
    expectSameBits(y, x);
  });

  test('that are longer than a tile go one by one', () => {
    const long = new RowsOfAxes(
      new AxesView([TILE_SIZE + 1, 2], [0]),
      new Float32Array(2 * TILE_SIZE + 2),
    );
    expect([long.tiles, long.rowsOfTile, long.rowsOf(1)]).toEqual([2, 1, 1]);
  });

  test('are no more than there are, and none where they are empty', () => {
    const few = new RowsOfAxes(new AxesView([3, 2], [0]), new Float32Array(6));
    expect([few.tiles, few.rowsOfTile, few.area(0).length]).toEqual([1, 2, 6]);
    const empty = new RowsOfAxes(new AxesView([0, 2], [0]), new Float32Array(0));
    expect(empty.tiles).toBe(0);
    const none = new RowsOfAxes(new AxesView([3, 0], [0]), new Float32Array(0));
    expect(none.tiles).toBe(0);
  });

  test('have masks of their own, or of their elements', () => {
    const ofRows = maskOf(B, 4);
    const masks = new MasksOfAxes(view, ofRows);
    expect([...masks.ofTile(0)]).toEqual([...ofRows.subarray(0, ROWS_OF_TILE)]);
    expect([...masks.ofTile(1)]).toEqual([...ofRows.subarray(ROWS_OF_TILE)]);
    const ofElements = maskOf(x.length);
    const masksOfElements = new MasksOfAxes(view, ofElements);
    const end = ROWS_OF_TILE * A * C;
    expect(masksOfElements.ofTile(0)).toEqual(moved(ofElements).subarray(0, end));
    expect(masksOfElements.ofTile(1)).toEqual(moved(ofElements).subarray(end));
  });
});

describe('layer normalization of two tiles of rows', () => {
  const x = normals(sizeOf(shape), 1);
  const g = normals(x.length, 2);
  const trailing = [B, A, C];

  test.each([
    ['without a mask', null, null],
    ['with a mask of rows', maskOf(B), maskOf(B)],
    ['with a mask of elements', maskOf(x.length, 7), moved(maskOf(x.length, 7))],
  ])('is that of trailing dimensions, %s', (_, mask, movedMask) => {
    const make = () => ({ outMean: new Float32Array(B), outRstd: new Float32Array(B) });
    const [found, expected] = [make(), make()];
    const options = { ...affine(A * C), axes, mask };
    const trailingOptions = { ...affine(A * C), mask: movedMask };
    const y = layerNorm(new Tensor(x, shape), [A, C], { ...options, ...found });
    const wanted = layerNorm(new Tensor(moved(x), trailing), [A, C], {
      ...trailingOptions,
      ...expected,
    });
    expectSameBits(moved(y.data), wanted.data);
    expect(found).toEqual(expected);
    const dx = layerNormBackward(new Tensor(g, shape), new Tensor(x, shape), [A, C], options);
    const wantedDx = layerNormBackward(
      new Tensor(moved(g), trailing),
      new Tensor(moved(x), trailing),
      [A, C],
      trailingOptions,
    );
    expectSameBits(moved(dx.input.data), wantedDx.input.data);
    expect([dx.weight?.length, dx.bias?.length]).toEqual([A * C, A * C]);
  });
});
