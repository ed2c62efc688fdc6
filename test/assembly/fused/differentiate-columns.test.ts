import { describe, expect, test } from 'vitest';
import type { GradientKernels } from '../../../src/kernels/gradients.ts';
import { expectWithin } from '../../support/closeness.ts';
import { GRADIENT_TOLERANCE } from '../../support/gradients.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { normals } from '../../support/random.ts';
import { groupNormGradients } from '../../support/reference.ts';

const EPS = 1e-5;

/** Buffers of a call, and the call. */
function prepare(
  [samples, rows, columns, width]: readonly [number, number, number, number],
  groupSize: number,
  weighted: boolean,
) {
  const size = samples * rows * columns * width;
  const channels = samples * columns;
  const memory = new KernelMemory(3 * size + 40 * channels);
  const g = memory.floats(normals(size, 1));
  const x = memory.floats(normals(size, 2, 3, 2));
  const weight = memory.floats(normals(columns, 3, 1));
  const dx = memory.floats(new Float32Array(size));
  const scratch = (length: number) => memory.doubles(new Float64Array(length).fill(Number.NaN));
  const sums = scratch(channels + 1);
  const products = scratch(channels + 1);
  const means = scratch(channels + 1);
  const variances = scratch(channels + 1);
  const rstds = scratch(channels + 1);
  const combinations = scratch(3 * (channels + 1));
  const differentiate = (target: Float32Array) =>
    memory.run(
      (kernels: GradientKernels) =>
        kernels.differentiateColumns(
          target.byteOffset,
          sums.byteOffset,
          products.byteOffset,
          means.byteOffset,
          variances.byteOffset,
          rstds.byteOffset,
          combinations.byteOffset,
          g.byteOffset,
          x.byteOffset,
          weighted ? weight.byteOffset : 0,
          samples,
          rows,
          columns,
          width,
          groupSize,
          columns,
          EPS,
        ),
      target,
      sums,
      products,
      rstds,
      combinations,
      means,
      variances,
    );
  /** Turns (samples, rows, columns, width) into (samples, columns, rows, width). */
  const turned = (values: ArrayLike<number>): Float32Array =>
    Float32Array.from({ length: size }, (_, at) => {
      const element = at % width;
      const row = Math.floor(at / width) % rows;
      const column = Math.floor(at / (width * rows)) % columns;
      const sample = Math.floor(at / (width * rows * columns));
      return values[((sample * rows + row) * columns + column) * width + element] as number;
    });
  /** Adds up the numbers of each column over the samples. */
  const total = (values: Float64Array) =>
    Float64Array.from({ length: columns }, (_, column) => {
      let sum = 0;
      for (let at = column; at < channels; at += columns) sum += values[at] as number;
      return sum;
    });
  const affine = { weight: weighted ? weight : new Float32Array(columns).fill(1) };
  return { g, x, dx, sums, products, affine, differentiate, turned, total };
}

describe('differentiateColumns', () => {
  test.each([
    [1, 2, 1, 1, 1],
    [5, 4, 4, 1, 1],
    [300, 2, 3, 1, 1],
    [300, 2, 3, 1, 3],
    [9, 16, 18, 1, 6],
    [7, 256, 8, 1, 1],
    [7, 33, 65, 1, 13],
    [1, 9, 7, 2, 1],
    [1, 2, 5, 3, 1],
    [2, 20, 6, 17, 1],
    [4, 3, 6, 4, 2],
    [90, 1, 3, 9, 1],
    [1, 1, 700, 32, 1],
  ])(
    'differentiates %i samples of %i rows and %i columns of %i, %i at a time, in the place of g and of x',
    (samples, rows, columns, width, groupSize) => {
      for (const weighted of [false, true]) {
        const call = prepare([samples, rows, columns, width], groupSize, weighted);
        const { g, x, dx, sums, products, affine, differentiate, turned, total } = call;
        differentiate(dx);

        const shape = [samples, columns, rows, width];
        const options = { ...affine, bias: new Float32Array(columns) };
        const groups = columns / groupSize;
        const expected = groupNormGradients(turned(g), turned(x), shape, groups, options);
        const close = { sizes: expected.sizes.input, tolerance: GRADIENT_TOLERANCE };
        expectWithin(turned(dx), expected.input, close.sizes, close.tolerance);
        expect(expected.weight).not.toBeNull();
        expectWithin(total(products), expected.weight ?? [], expected.sizes.weight ?? [], 1e-12);
        expectWithin(total(sums), expected.bias ?? [], expected.sizes.bias ?? [], 1e-12);

        const [gradient, input] = [g.slice(), x.slice()];
        differentiate(g);
        expect(g).toEqual(dx);
        g.set(gradient);
        differentiate(x);
        expect(x).toEqual(dx);
        x.set(input);
      }
    },
  );
});
