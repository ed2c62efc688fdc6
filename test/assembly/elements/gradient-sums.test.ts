import { describe, expect, test } from 'vitest';
import { expectWithin } from '../../support/closeness.ts';
import { BEYOND_FLOAT32, type Line, onLine } from '../../support/kernels/lines.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { COLUMNS } from '../../support/kernels/sizes.ts';
import { normals } from '../../support/random.ts';
import { sum } from '../../support/sums.ts';

describe('addElementGradientSums', () => {
  // Each of five rows has another line. The third has the mean 0.
  const FIVE = Array.from({ length: 5 }, (_, i): Line => [i - 2, 1 + i / 3, i / 5]);
  // A row that float32 can't hold, in place of one of the five.
  const withBeyond = (row: number) => FIVE.map((line, i) => (i === row ? BEYOND_FLOAT32 : line));

  interface Sums {
    readonly rowSums: Float64Array;
    readonly rowProducts: Float64Array;
    readonly sums: Float64Array;
    readonly products: Float64Array;
  }

  /** Adds the sums of a matrix, cut after some rows, to 5 and to -7, or to others. */
  function add(
    g: Float32Array,
    x: Float32Array,
    weight: Float32Array,
    set: readonly Line[],
    cuts: readonly number[] = [],
    [startOfSums, startOfProducts]: readonly [number, number] = [5, -7],
  ): Sums {
    const columns = weight.length;
    const rows = x.length / columns;
    const memory = new KernelMemory(2 * x.length);
    const [gAt, xAt] = [memory.floats(g).byteOffset, memory.floats(x).byteOffset];
    const { byteOffset: weightAt } = memory.floats(weight);
    const lines = Array.from({ length: rows }, (_, row) => set[row % set.length] as Line);
    const { byteOffset: linesAt } = memory.doubles(lines.flat());
    const rowSums = memory.doubles(new Float64Array(rows).fill(startOfSums));
    const rowProducts = memory.doubles(new Float64Array(rows).fill(startOfProducts));
    const sums = memory.doubles(new Float64Array(columns).fill(startOfSums));
    const products = memory.doubles(new Float64Array(columns).fill(startOfProducts));
    const scratch = memory.floats(new Float32Array(columns * 2).fill(Number.NaN));
    let first = 0;
    for (const cut of [...cuts, rows]) {
      const at = 4 * first * columns;
      memory.run(
        (kernels) =>
          kernels.addElementGradientSums(
            rowSums.byteOffset + 8 * first,
            rowProducts.byteOffset + 8 * first,
            sums.byteOffset,
            products.byteOffset,
            gAt + at,
            xAt + at,
            weightAt,
            linesAt + 24 * first,
            cut - first,
            columns,
            scratch.byteOffset,
          ),
        rowSums,
        rowProducts,
        sums,
        products,
        scratch,
      );
      first = cut;
    }
    return { rowSums, rowProducts, sums, products };
  }

  /** Adds them apart: those over rows, and then those of elements in pieces of so many columns. */
  function addApart(
    g: Float32Array,
    x: Float32Array,
    weight: Float32Array,
    set: readonly Line[],
    width: number,
  ): Sums {
    const columns = weight.length;
    const rows = x.length / columns;
    const held = Math.ceil(rows / 8) * columns * 2;
    const memory = new KernelMemory(2 * x.length + held);
    const [gAt, xAt] = [memory.floats(g).byteOffset, memory.floats(x).byteOffset];
    const { byteOffset: weightAt } = memory.floats(weight);
    const lines = Array.from({ length: rows }, (_, row) => set[row % set.length] as Line);
    const { byteOffset: linesAt } = memory.doubles(lines.flat());
    const filled = (count: number, value: number) =>
      memory.doubles(new Float64Array(count).fill(value));
    const [rowSums, rowProducts] = [filled(rows, 5), filled(rows, -7)];
    const [sums, products] = [filled(columns, 5), filled(columns, -7)];
    const scratch = memory.floats(new Float32Array(held).fill(Number.NaN));
    const [sumsAt, productsAt] = [sums.byteOffset, products.byteOffset];
    const [rowSumsAt, rowProductsAt, heldAt] = [rowSums, rowProducts, scratch].map(
      ({ byteOffset }) => byteOffset,
    ) as [number, number, number];
    const [first, last] = [[rowSumsAt, rowProductsAt, 0, 0] as const, [rows, columns] as const];
    memory.run(
      ({ addElementGradientSums: addRows }) =>
        addRows(...first, gAt, xAt, weightAt, linesAt, ...last, heldAt),
      rowSums,
      rowProducts,
      scratch,
    );
    for (let column = 0; column < columns; column += width) {
      const taken = Math.min(width, columns - column);
      const [singles, doubles] = [4 * column, 8 * column];
      memory.run(
        ({ addHeldGradientSums: addHeld }) =>
          addHeld(
            sumsAt + doubles,
            productsAt + doubles,
            gAt + singles,
            xAt + singles,
            weightAt,
            linesAt,
            heldAt + doubles,
            rows,
            taken,
            columns,
          ),
        sums,
        products,
        scratch,
      );
    }
    return { rowSums, rowProducts, sums, products };
  }

  test.each<[rows: number, set: readonly Line[]]>([
    [1, FIVE],
    [8, FIVE],
    [21, FIVE],
    [19, withBeyond(2)],
  ])('gives the same bits in pieces of columns: %i rows', (rows, set) => {
    for (const columns of [5, 16, 67, 300]) {
      const x = normals(rows * columns, columns + 1);
      const weight = normals(columns, columns + 2, 1);
      const kinds = [1, 1e-43, 0, 3e38];
      const ordinary = normals(rows * columns, columns, 0.1);
      // Some columns have terms that float32 does not hold.
      const mixed = ordinary.map((value, i) =>
        i % columns < 20 ? Math.fround(value * (kinds[i % 4] as number)) : value,
      );
      // A weight that float32 does not hold leaves all to float64.
      const large = weight.map((value, i) => (i === 3 ? 3e38 : value));
      for (const [g, w] of [
        [ordinary, weight],
        [mixed, weight],
        [ordinary, large],
      ] as const) {
        const whole = add(g, x, w, set);
        for (const width of [16, 48, 512]) expect(addApart(g, x, w, set, width)).toEqual(whole);
      }
    }
  });

  test.each<[rows: number, set: readonly Line[]]>([
    [1, FIVE],
    [3, FIVE],
    [7, FIVE],
    [8, FIVE],
    [9, FIVE],
    [17, FIVE],
    [9, withBeyond(0)],
    [9, withBeyond(2)],
    [9, withBeyond(3)],
    [8, withBeyond(2)],
    [5, withBeyond(4)],
  ])('adds w * g and w * g * z of %i rows, and g and g * z of their elements', (rows, set) => {
    for (const columns of [...COLUMNS, 67, 300]) {
      const g = normals(rows * columns, columns, 0.1);
      const x = normals(rows * columns, columns + 1);
      const weight = normals(columns, columns + 2, 1);
      const { rowSums, rowProducts, sums, products } = add(g, x, weight, set);
      const terms = Array.from(x, (value, i) =>
        onLine(value, set[Math.floor(i / columns) % set.length] as Line),
      );
      const gz = (i: number) => (g[i] as number) * (terms[i]?.z as number);
      const sizeOfGz = (i: number) => Math.abs(g[i] as number) * (terms[i]?.size as number);
      const w = (i: number) => weight[i % columns] as number;
      const overRows = (term: (i: number) => number) =>
        Array.from({ length: columns }, (_, column) =>
          sum(Array.from({ length: rows }, (_, row) => term(row * columns + column))),
        );
      const alongRows = (term: (i: number) => number) =>
        Array.from({ length: rows }, (_, row) =>
          sum(Array.from({ length: columns }, (_, column) => term(row * columns + column))),
        );
      const expectAdded = (
        actual: Float64Array,
        before: number,
        add: typeof overRows,
        term: (i: number) => number,
        size: (i: number) => number,
      ) =>
        expectWithin(
          actual,
          add(term).map((value) => before + value),
          add(size),
        );
      const gAt = (i: number) => g[i] as number;
      expectAdded(sums, 5, overRows, gAt, (i) => Math.abs(gAt(i)));
      expectAdded(products, -7, overRows, gz, sizeOfGz);
      expectAdded(
        rowSums,
        5,
        alongRows,
        (i) => w(i) * gAt(i),
        (i) => Math.abs(w(i) * gAt(i)),
      );
      expectAdded(
        rowProducts,
        -7,
        alongRows,
        (i) => w(i) * gz(i),
        (i) => Math.abs(w(i)) * sizeOfGz(i),
      );
    }
  });

  test.each([
    [1, FIVE],
    [8, FIVE],
    [11, FIVE],
    [11, withBeyond(1)],
  ])('adds g and g * z of %i rows where float32 holds only some elements', (rows, set) => {
    const columns = 67;
    // Ordinary gradients, denormals, none, and the largest, which cancel over two rows.
    const kinds = [1, 1e-43, 0, 3e38];
    const noise = normals(rows * columns, 1).map((value) => Math.max(-1, Math.min(1, value)));
    const g = noise.map((value, i) => {
      const kind = kinds[(i % columns) % 4] as number;
      return kind > 1 ? (Math.floor(i / columns) % 2 ? -kind : kind) : value * kind;
    });
    const x = normals(rows * columns, 2);
    const weight = new Float32Array(columns).fill(1);
    const found = add(g, x, weight, set, [], [0, 0]);
    for (let column = 0; column < columns; column++) {
      const terms = Array.from({ length: rows }, (_, row) => {
        const at = row * columns + column;
        const { z, size } = onLine(x[at] as number, set[row % set.length] as Line);
        const gradient = g[at] as number;
        return [gradient, gradient * z, Math.abs(gradient) * size] as const;
      });
      const totals = [0, 1, 2].map((k) => sum(terms.map((term) => term[k] as number)));
      const size = sum(terms.map(([gradient]) => Math.abs(gradient)));
      const [wanted, product, productSize] = totals as [number, number, number];
      expectWithin(found.sums.subarray(column, column + 1), [wanted], [size]);
      expectWithin(found.products.subarray(column, column + 1), [product], [productSize]);
    }
  });

  test.each([
    ['all lines fit float32', 19],
    ['the second does not', 1],
  ])('gives the same bits wherever rows are cut at a multiple of eight: %s', (_, beyond) => {
    const [rows, columns] = [19, 37];
    const set = Array.from(
      { length: rows },
      (_, row): Line => (row === beyond ? BEYOND_FLOAT32 : [row / 7, 1 + row / 5, row / 3]),
    );
    const added = (...cuts: readonly number[]) =>
      add(
        normals(rows * columns, 1),
        normals(rows * columns, 2),
        normals(columns, 3, 1),
        set,
        cuts,
      );
    expect(added(8)).toEqual(added());
    expect(added(8, 16)).toEqual(added());
  });
});
