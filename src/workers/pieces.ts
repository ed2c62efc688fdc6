import type { Parameter } from './crew.ts';

// Pieces for each thread, so that the last of them ends soon after the others.
const PIECES_OF_THREAD = 8;

/** What pieces are cut for. */
export interface Cutting {
  readonly threads: number;
  /** The least elements of a piece. */
  readonly leastOfPiece: number;
}

/** Consecutive units of work, rows say, cut into pieces of as many; the last has fewer. */
export class Pieces {
  /** Periods that are cut apart. */
  readonly rows: number;
  /** Pieces of a period. */
  readonly columns: number;
  /** The unit that the first piece begins with. */
  readonly first: number;
  /** Units of a period. */
  readonly #period: number;
  /** Units of a piece. */
  readonly #step: number;
  readonly #isWhole: boolean;

  /**
   * @param rows how many periods
   * @param period the units of one
   * @param step the units of a piece
   * @param first the unit that the first piece begins with
   * @param isWhole whether every piece is as the first but for its place, since weights begin again
   */
  constructor(rows: number, period: number, step: number, first = 0, isWhole = false) {
    this.rows = rows;
    this.first = first;
    this.columns = Math.ceil(period / step);
    this.#period = period;
    this.#step = step;
    this.#isWhole = isWhole;
  }

  /** The units of a piece, but for the last. */
  get most(): number {
    return this.#step;
  }

  /** Returns the first unit of each piece, and how many it has. */
  *units(): Generator<readonly [first: number, count: number], void> {
    for (let row = 0; row < this.rows; row++) {
      for (let unit = 0; unit < this.#period; unit += this.#step) {
        yield [row * this.#period + unit, Math.min(this.#step, this.#period - unit)];
      }
    }
  }

  /** Returns the address of what a piece has for its units, of so many bytes each; 0 for none. */
  at(address: number, bytes: number): Parameter {
    if (address === 0) return [0];
    return [address + this.first * bytes, this.#period * bytes, this.#step * bytes];
  }

  /** Returns that of its weights, which begin again with each period. */
  within(address: number, bytes: number): Parameter {
    return [address, 0, address === 0 || this.#isWhole ? 0 : this.#step * bytes];
  }

  /** Returns that of what a whole period has in common. */
  byRow(address: number, bytes: number): Parameter {
    return [address, bytes];
  }

  /** Returns the address of what a piece leaves behind, of so many bytes. */
  part(address: number, bytes: number): Parameter {
    return [address, this.columns * bytes, bytes];
  }

  /** Returns the units of a piece, times a factor, plus a number. */
  count(factor = 1, plus = 0): Parameter {
    const inLast = this.#period - this.columns * this.#step;
    return [plus + factor * this.#step, 0, 0, 0, factor * inLast];
  }
}

/**
 * Cuts units that need not stay together.
 *
 * @param size the elements of a unit
 * @param multiple what the units of a piece are a multiple of, but for those of the last
 */
export function cut(cutting: Cutting, count: number, size: number, multiple = 1): Pieces {
  return new Pieces(1, count, stepOf(cutting, count, size, multiple));
}

/** Cuts units into pieces of a multiple of `whole` each. */
export function cutWholes(cutting: Cutting, count: number, size: number, whole: number): Pieces {
  return new Pieces(1, count, stepOf(cutting, count, size, whole), 0, true);
}

/** Cuts units of which each `period` have other weights: so many at once, or some of a period. */
export function cutPeriods(cutting: Cutting, count: number, period: number, size: number): Pieces {
  if (period >= count) return cut(cutting, count, size);
  const periods = count / period;
  const wanted = cutting.threads * PIECES_OF_THREAD;
  if (periods >= wanted) return cutWholes(cutting, count, size, period);
  const step = Math.ceil(Math.max(count / wanted, cutting.leastOfPiece / size));
  return new Pieces(periods, period, Math.min(step, period));
}

function stepOf(
  { threads, leastOfPiece }: Cutting,
  count: number,
  size: number,
  multiple: number,
): number {
  const least = Math.max(count / (threads * PIECES_OF_THREAD), leastOfPiece / size);
  return Math.ceil(least / multiple) * multiple;
}
