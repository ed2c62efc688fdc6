import { describe, expect, test } from 'vitest';
import { expectClose } from '../../support/closeness.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { normals } from '../../support/random.ts';

const EPS = 1e-5;

interface Size {
  readonly samples: number;
  readonly rows: number;
  readonly columns: number;
  readonly width: number;
}

// One tile, tiles of equal width, a narrower last one; few rows, and more than 256.
const SIZES: readonly Size[] = [
  { samples: 1, rows: 1, columns: 1, width: 1 },
  { samples: 2, rows: 5, columns: 19, width: 19 },
  { samples: 2, rows: 7, columns: 48, width: 16 },
  { samples: 3, rows: 33, columns: 37, width: 16 },
  { samples: 1, rows: 300, columns: 21, width: 16 },
];

interface Parameters {
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
}

/** Normalizes all at once, or sample by sample and tile by tile; in place, or elsewhere. */
function normalize(
  x: Float32Array,
  { samples, rows, columns, width }: Size,
  { weight, bias }: Parameters,
  isWhole: boolean,
  inPlace: boolean,
): Float32Array {
  const memory = new KernelMemory(2 * x.length + 40 * width + 8 * rows + rows * width);
  const from = memory.floats(x);
  const y = inPlace ? from : memory.floats(new Float32Array(x.length).fill(Number.NaN));
  const [moments, lines, rowLines] = [4 * width, 3 * width, 3 * rows].map((count) =>
    memory.doubles(new Float64Array(count).fill(Number.NaN)),
  ) as [Float64Array, Float64Array, Float64Array];
  const tile = memory.floats(new Float32Array(rows * width).fill(Number.NaN));
  const scratch = memory.floats(new Float32Array(6 * (width + 3)).fill(Number.NaN));
  const [w, b] = [weight, bias].map((array) => (array ? memory.floats(array).byteOffset : 0)) as [
    number,
    number,
  ];
  const run = (at: number, samples: number, taken: number) =>
    memory.run(
      (kernels) =>
        kernels.normalizeTiles(
          y.byteOffset + 4 * at,
          moments.byteOffset,
          lines.byteOffset,
          rowLines.byteOffset,
          tile.byteOffset,
          from.byteOffset + 4 * at,
          w,
          b,
          samples,
          rows,
          taken,
          columns,
          width,
          EPS,
          true,
          scratch.byteOffset,
        ),
      y,
      moments,
      lines,
      rowLines,
      tile,
      scratch,
    );
  if (isWhole) {
    run(0, samples, columns);
    return y.slice();
  }
  for (let sample = 0; sample < samples; sample++) {
    for (let first = 0; first < columns; first += width) {
      run(sample * rows * columns + first, 1, Math.min(width, columns - first));
    }
  }
  return y.slice();
}

describe.each(SIZES)('$samples matrices of $rows x $columns in tiles of $width', (size) => {
  const { samples, rows, columns } = size;
  const x = normals(samples * rows * columns, 1, 3, 2);
  const [weight, bias] = [normals(rows, 2, 1), normals(rows, 3)];

  test.each<[string, Parameters]>([
    ['neither weight nor bias', { weight: null, bias: null }],
    ['a weight', { weight, bias: null }],
    ['a bias', { weight: null, bias }],
    ['both', { weight, bias }],
  ])('are normalized column by column, with %s', (_, parameters) => {
    const y = normalize(x, size, parameters, true, false);
    const expected = Float64Array.from(x, (value, i) => {
      const [sample, place] = [Math.floor(i / (rows * columns)), i % (rows * columns)];
      const row = Math.floor(place / columns);
      const column = Array.from(
        { length: rows },
        (_, r) => x[(sample * rows + r) * columns + (place % columns)] as number,
      );
      const mean = column.reduce((sum, v) => sum + v, 0) / rows;
      const variance = column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / rows;
      const z = (value - mean) / Math.sqrt(variance + EPS);
      return z * (parameters.weight?.[row] ?? 1) + (parameters.bias?.[row] ?? 0);
    });
    expectClose(y, expected, { weight, bias });
    for (const [isWhole, inPlace] of [
      [true, true],
      [false, false],
      [false, true],
    ] as const) {
      expect(normalize(x, size, parameters, isWhole, inPlace)).toEqual(y);
    }
  });
});
