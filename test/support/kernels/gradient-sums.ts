import { expectWithin } from '../closeness.ts';
import { sum, sumOfMagnitudes } from '../sums.ts';
import { type Line, onLine } from './lines.ts';

/**
 * Expects the sums of g and of g * z. The first began with 5, the second with -7.
 *
 * @param lineOf the line by which each row or column of x was normalized
 */
export function expectGradientSums(
  sums: Float64Array,
  products: Float64Array,
  g: readonly ArrayLike<number>[],
  x: readonly ArrayLike<number>[],
  lineOf: (index: number) => Line,
): void {
  const found = g.map((values, i) => {
    const terms = Array.from(values, (value, at) => {
      const { z, size } = onLine(x[i]?.[at] as number, lineOf(i));
      return { product: value * z, size: Math.abs(value) * size };
    });
    return {
      sum: sum(Array.from(values)),
      sumSize: sumOfMagnitudes(Array.from(values)),
      product: sum(terms.map(({ product }) => product)),
      productSize: sum(terms.map(({ size }) => size)),
    };
  });
  expectWithin(
    sums,
    found.map(({ sum }) => 5 + sum),
    found.map(({ sumSize }) => sumSize),
  );
  expectWithin(
    products,
    found.map(({ product }) => -7 + product),
    found.map(({ productSize }) => productSize),
  );
}
