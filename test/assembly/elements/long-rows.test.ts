import { describe, expect, test } from 'vitest';
import { expectWithin } from '../../support/closeness.ts';
import { BEYOND_FLOAT32, type Line, onLine } from '../../support/kernels/lines.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { normals } from '../../support/random.ts';
import { sum } from '../../support/sums.ts';

// Around vectors of sixteen and pieces of 4096, and three pieces.
const LENGTHS = [1, 15, 16, 33, 4095, 4096, 4097, 4111, 8192, 8200, 8300];

const LINES: readonly Line[] = [
  [0, 1.5, 0.25],
  [-1, 0.75, 0],
  [2, 1, 0.5],
];

interface Sums {
  readonly rowSums: Float64Array;
  readonly rowProducts: Float64Array;
  readonly sums: Float64Array;
  readonly products: Float64Array;
}

/** Adds the sums of rows to 5 and to -7: over pieces of so many elements, and at so many columns. */
function add(
  g: Float32Array,
  x: Float32Array,
  weight: Float32Array,
  lines: readonly Line[],
  piece = weight.length,
  width = weight.length,
): Sums {
  const length = weight.length;
  const rows = lines.length;
  const pieces = Math.ceil(length / 4096);
  const memory = new KernelMemory(2 * x.length + 5 * length + 8 * rows * pieces);
  const [gAt, xAt] = [memory.floats(g).byteOffset, memory.floats(x).byteOffset];
  const { byteOffset: w } = memory.floats(weight);
  const { byteOffset: linesAt } = memory.doubles(lines.flat());
  const filled = (count: number, value: number) =>
    memory.doubles(new Float64Array(count).fill(value));
  const [rowSums, rowProducts] = [filled(rows, 5), filled(rows, -7)];
  const [sums, products] = [filled(length, 5), filled(length, -7)];
  const parts = filled(rows * pieces * 2, Number.NaN);
  const partsAt = parts.byteOffset;
  memory.run(({ findPieceSums }) => {
    if (piece === length) {
      findPieceSums(partsAt, gAt, xAt, w, linesAt, rows, length);
      return;
    }
    for (let row = 0; row < rows; row++) {
      for (let first = 0; first < length; first += piece) {
        const at = 4 * (row * length + first);
        const count = Math.min(piece, length - first);
        const part = partsAt + 16 * (row * pieces + first / 4096);
        findPieceSums(part, gAt + at, xAt + at, w + 4 * first, linesAt + 24 * row, 1, count);
      }
    }
  }, parts);
  const [sumsAt, productsAt] = [sums.byteOffset, products.byteOffset];
  memory.run(
    ({ mergePieceSums: merge }) =>
      merge(
        rowSums.byteOffset,
        rowProducts.byteOffset,
        partsAt,
        gAt,
        xAt,
        w,
        linesAt,
        rows,
        length,
      ),
    rowSums,
    rowProducts,
  );
  memory.run(
    ({ addElementSums }) => {
      for (let first = 0; first < length; first += width) {
        const columns = Math.min(width, length - first);
        addElementSums(sumsAt, productsAt, gAt, xAt, w, linesAt, rows, first, columns, length);
      }
    },
    sums,
    products,
  );
  return { rowSums, rowProducts, sums, products };
}

/** Adds the sums of rows one by one, each piece of 4096 by itself, with the kernel of short rows. */
function addInTurn(
  g: Float32Array,
  x: Float32Array,
  weight: Float32Array,
  lines: readonly Line[],
): Sums {
  const length = weight.length;
  const rowSums = new Float64Array(lines.length).fill(5);
  const rowProducts = new Float64Array(lines.length).fill(-7);
  const sums = new Float64Array(length).fill(5);
  const products = new Float64Array(length).fill(-7);
  lines.forEach((line, row) => {
    for (let first = 0; first < length; first += 4096) {
      const count = Math.min(4096, length - first);
      const memory = new KernelMemory(9 * count);
      const at = row * length + first;
      const own = (array: Float32Array, from: number) =>
        memory.floats(array.subarray(from, from + count)).byteOffset;
      const [gAt, xAt, w] = [own(g, at), own(x, at), own(weight, first)];
      const { byteOffset: lineAt } = memory.doubles([...line]);
      const both = [rowSums, rowProducts].map((all) => memory.doubles([all[row] as number]));
      const each = [sums, products].map((all) =>
        memory.doubles(all.subarray(first, first + count)),
      );
      const scratch = memory.floats(new Float32Array(count * 2));
      const [a, b, c, d] = [...both, ...each].map(({ byteOffset }) => byteOffset) as [
        number,
        number,
        number,
        number,
      ];
      memory.run(
        ({ addElementGradientSums: addRow }) =>
          addRow(a, b, c, d, gAt, xAt, w, lineAt, 1, count, scratch.byteOffset),
        ...both,
        ...each,
        scratch,
      );
      [rowSums, rowProducts].forEach((all, i) => {
        all[row] = both[i]?.[0] as number;
      });
      [sums, products].forEach((all, i) => {
        all.set(each[i] as Float64Array, first);
      });
    }
  });
  return { rowSums, rowProducts, sums, products };
}

describe('sums of long rows', () => {
  test.each(LENGTHS)('are those of w * g and w * g * z, and of elements: %i elements', (length) => {
    const rows = LINES.length;
    const [g, x] = [normals(rows * length, 1, 0.1), normals(rows * length, 2)];
    const weight = normals(length, 3, 1);
    const { rowSums, rowProducts, sums, products } = add(g, x, weight, LINES);
    const terms = Array.from(x, (value, i) => onLine(value, LINES[Math.floor(i / length)] as Line));
    const gz = Float64Array.from(g, (value, i) => value * (terms[i]?.z as number));
    const sizes = Float64Array.from(g, (value, i) => Math.abs(value) * (terms[i]?.size as number));
    const row = (of: ArrayLike<number>) =>
      LINES.map((_, r) =>
        sum(Array.from(weight, (w, i) => (w as number) * (of[r * length + i] as number))),
      );
    const sizeOfRow = (of: Float64Array) =>
      LINES.map((_, r) =>
        sum(Array.from(weight, (w, i) => Math.abs(w) * (of[r * length + i] ?? 0))),
      );
    const column = (of: ArrayLike<number>) =>
      Array.from(weight, (_, i) => sum(LINES.map((_, r) => of[r * length + i] as number)));
    const magnitudes = Float64Array.from(g, Math.abs);
    const plus = (values: number[], start: number) => values.map((value) => value + start);
    expectWithin(rowSums, plus(row(g), 5), sizeOfRow(magnitudes));
    expectWithin(rowProducts, plus(row(gz), -7), sizeOfRow(sizes));
    expectWithin(sums, plus(column(g), 5), column(magnitudes));
    expectWithin(products, plus(column(gz), -7), column(sizes));
  });

  // What float32 holds, and what it does not: of elements, of lines, of a weight in a piece.
  const length = 8300;
  const kinds = [1, 1e-43, 0, 3e38];
  const [plain, x] = [normals(3 * length, 1, 0.1), normals(3 * length, 2)];
  const mixed = plain.map((value, i) =>
    i % 5000 < 20 ? Math.fround(value * (kinds[i % 4] as number)) : value,
  );
  const zeros = plain.map((value, i) => (i % length < 4096 ? -0 : value));
  const ordinary = normals(length, 3, 1);
  const large = ordinary.map((value, i) => (i === 5000 ? 3e38 : value));
  const [first, , last] = LINES as [Line, Line, Line];
  const beyond = [first, BEYOND_FLOAT32, last];
  test.each([
    ['ordinary', plain, ordinary, LINES],
    ['of mixed gradients', mixed, ordinary, LINES],
    ['of zeros', zeros, ordinary, LINES],
    ['with a large weight', plain, large, LINES],
    ['with a line beyond float32', mixed, ordinary, beyond],
  ])(
    'have the bits of pieces that are added in turn, however they are cut: %s',
    (_, g, w, lines) => {
      const expected = addInTurn(g, x, w, lines);
      expect(add(g, x, w, lines)).toEqual(expected);
      expect(add(g, x, w, lines, 4096, 16)).toEqual(expected);
      expect(add(g, x, w, lines, 8192, 4000)).toEqual(expected);
    },
  );
});

describe.each([
  ['ordinary', 1],
  ['beyond float32', 3e38],
])('a long row with a weight and a bias that are %s', (_, size) => {
  const length = 8300;
  const [x, g] = [normals(length, 1), normals(length, 2)];
  const [weight, bias] = [normals(length, 3, 1), normals(length, 4)];
  weight[5000] = size;
  bias[5000] = size;

  /** Runs a kernel on all, or on pieces of 4096 of which it is given the first element. */
  function run(
    isWhole: boolean,
    kernel: (
      memory: KernelMemory,
      at: (array: Float32Array) => number,
      y: number,
      count: number,
    ) => void,
  ): Float32Array {
    const results = new Float32Array(length);
    for (let first = 0; first < length; first += isWhole ? length : 4096) {
      const count = Math.min(isWhole ? length : 4096, length - first);
      const memory = new KernelMemory(5 * count);
      const y = memory.floats(new Float32Array(count));
      kernel(
        memory,
        (array) => memory.floats(array.subarray(first, first + count)).byteOffset,
        y.byteOffset,
        count,
      );
      results.set(y, first);
    }
    return results;
  }

  test('is normalized as in pieces of 4096', () => {
    const normalized = (isWhole: boolean) =>
      run(isWhole, ({ kernels, ...memory }, at, y, count) => {
        const line = new Float64Array(memory.bytes.buffer, 8, 3);
        line.set([0.5, 1 / 3, 0.25]);
        kernels.applyElements(y, at(x), line.byteOffset, at(weight), at(bias), 1, count);
      });
    expect(normalized(true)).toEqual(normalized(false));
  });

  test('has the gradient of pieces of 4096', () => {
    const combined = (isWhole: boolean) =>
      run(isWhole, ({ kernels, ...memory }, at, y, count) => {
        const numbers = new Float64Array(memory.bytes.buffer, 8, 6);
        numbers.set([0.5, 1 / 3, 0.25, 1.5, 0.7, -0.3]);
        const { byteOffset: line } = numbers;
        kernels.combineRows(y, at(g), at(x), line, line + 24, at(weight), 1, count, 1, 0);
      });
    expect(combined(true)).toEqual(combined(false));
  });
});
