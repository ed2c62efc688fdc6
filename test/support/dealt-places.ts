// A place that costs more, made of inner files of the library: an arena whose kernels are dealt out.

import type { Arena } from '../../src/index.ts';
import type { Place, Place16 } from './places.ts';
import { shuffledArena } from './shuffled-arena.ts';

const SPACE = 16 * 2 ** 20;

export const dealtPlaces: Readonly<Record<string, Place>> = {
  'an arena of threads': (values, shape) => dealtArena().tensor({ data: values, shape }),
};

/** The same for elements of 16 bits. */
export const dealtPlaces16: Readonly<Record<string, Place16>> = {
  'an arena of threads': (bits, shape, dtype) => dealtArena().tensor({ data: bits, shape, dtype }),
};

let dealt: Arena | undefined;

function dealtArena(): Arena {
  dealt ??= shuffledArena(SPACE, 3, 3);
  return dealt;
}

export function resetDealtPlaces(): void {
  dealt?.reset();
}
