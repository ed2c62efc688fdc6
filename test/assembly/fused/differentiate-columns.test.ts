import { describe, expect, test } from 'vitest';
import type { Kernels } from '../../../src/kernels/kernels.ts';
import { expectWithin } from '../../support/closeness.ts';
import { GRADIENT_TOLERANCE } from '../../support/gradients.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { normals } from '../../support/random.ts';
import { groupNormGradients } from '../../support/reference.ts';

describe('differentiateColumns', () => {
  test.each([
    [1, 2, 1, 1],
    [5, 4, 4, 1],
    [300, 2, 3, 1],
    [300, 2, 3, 3],
    [9, 16, 18, 6],
    [7, 256, 8, 1],
    [7, 33, 65, 13],
  ])(
    'differentiates %i samples of %i rows and %i columns, %i at a time, in the place of g and of x',
    (samples, rows, columns, groupSize) => {
      const size = samples * rows * columns;
      const channels = samples * columns;
      for (const weighted of [false, true]) {
        const memory = new KernelMemory(3 * size + 32 * channels);
        const g = memory.floats(normals(size, 1));
        const x = memory.floats(normals(size, 2, 3, 2));
        const weight = memory.floats(normals(columns, 3, 1));
        const dx = memory.floats(new Float32Array(size));
        const sums = memory.doubles(new Float64Array(channels).fill(Number.NaN));
        const products = memory.doubles(new Float64Array(channels).fill(Number.NaN));
        const means = memory.doubles(new Float64Array(channels + 1));
        const rstds = memory.doubles(new Float64Array(channels + 1));
        const combinations = memory.doubles(new Float64Array(3 * channels + 1));
        const written = [sums, products, means, rstds, combinations];
        const differentiate = (target: Float32Array) => (kernels: Kernels) =>
          kernels.differentiateColumns(
            target.byteOffset,
            sums.byteOffset,
            products.byteOffset,
            means.byteOffset,
            rstds.byteOffset,
            combinations.byteOffset,
            g.byteOffset,
            x.byteOffset,
            weighted ? weight.byteOffset : 0,
            samples,
            rows,
            columns,
            groupSize,
            columns,
            1e-5,
          );
        memory.run(differentiate(dx), dx, ...written);

        const shape = [samples, rows, columns];
        const affine = { weight: weighted ? weight : new Float32Array(columns).fill(1) };
        const options = { ...affine, bias: new Float32Array(columns), layout: 'nhwc' } as const;
        const groups = columns / groupSize;
        const expected = groupNormGradients(g, x, shape, groups, options);
        const close = { sizes: expected.sizes.input, tolerance: GRADIENT_TOLERANCE };
        expectWithin(dx, expected.input, close.sizes, close.tolerance);
        const total = (values: Float64Array) =>
          Float64Array.from({ length: columns }, (_, column) => {
            let sum = 0;
            for (let at = column; at < channels; at += columns) sum += values[at] as number;
            return sum;
          });
        expect(expected.weight).not.toBeNull();
        expectWithin(total(products), expected.weight ?? [], expected.sizes.weight ?? [], 1e-12);
        expectWithin(total(sums), expected.bias ?? [], expected.sizes.bias ?? [], 1e-12);

        const [gradient, input] = [g.slice(), x.slice()];
        memory.run(differentiate(g), g, ...written);
        expect(g).toEqual(dx);
        g.set(gradient);
        memory.run(differentiate(x), x, ...written);
        expect(x).toEqual(dx);
        x.set(input);
      }
    },
  );
});
