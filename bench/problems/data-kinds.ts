// Kinds of data on which normalizations go wrong: those of the tests, and more.

import { normals } from '../../test/support/random.ts';
import { families, type Rows } from '../../test/support/rows.ts';

/** Means of 1 to ten million, in standard deviations. */
export const RATIOS: readonly number[] = Array.from({ length: 15 }, (_, i) => 10 ** (i / 2));

const LENGTHS = [100, 3137, 40003];

/** Makes rows whose mean is so many standard deviations from zero. */
export function* rowsOfMean(ratio: number): Rows {
  for (const length of LENGTHS) {
    for (let seed = 1; seed <= 8; seed++) {
      const sign = seed % 2 === 0 ? 1 : -1;
      yield [`mean ${sign * ratio}, length ${length}`, normals(length, seed, sign * ratio)];
    }
  }
}

function* constants(): Rows {
  for (const length of LENGTHS) {
    for (const value of [0, 0.1, -1000.1, 1e7 / 3, 1e20 / 3, -3e38, 1e-45]) {
      yield [`${value}, length ${length}`, new Float32Array(length).fill(value)];
    }
  }
}

/** Makes rows, every other of which has one element that is not finite. */
function* besideSpoilt(): Rows {
  for (const length of LENGTHS) {
    for (const [seed, spoilt] of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ].entries()) {
      yield [`before ${spoilt}, length ${length}`, normals(length, seed, 1)];
      const row = normals(length, seed, 1);
      row[length >> 1] = spoilt;
      yield [`${spoilt}, length ${length}`, row];
    }
  }
}

/** The kinds by name. */
export const KINDS: Readonly<Record<string, () => Rows>> = {
  ...families,
  constants,
  'rows beside one with NaN or infinity': besideSpoilt,
};
