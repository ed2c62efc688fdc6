import { refuseKind, refuseValue } from '../checks/refuse.ts';

/** What JSON holds of moments in Oklab and CIELAB. */
export interface RealSumsJSON {
  /** The mean of each channel. */
  readonly mean: readonly number[];
  /** The sum of squared deviations from the mean of each channel. */
  readonly squares: readonly number[];
}

type Ranges = readonly (readonly [least: number, largest: number])[];

/** The number of pixels, and of each channel the mean and the squared deviations, in float64. */
export class RealSums {
  #count = 0;
  readonly #means = [0, 0, 0];
  readonly #squares = [0, 0, 0];

  /**
   * @param ranges the least and largest value of each channel
   * @throws TypeError, RangeError where no pixels have such sums.
   */
  static fromJSON(count: number, { mean, squares }: RealSumsJSON, ranges: Ranges): RealSums {
    const means = readReals(mean, 'mean');
    const deviations = readReals(squares, 'squares');
    ranges.forEach(([least, largest], i) => {
      const value = means[i] as number;
      const square = deviations[i] as number;
      const isInside = count === 0 ? value === 0 : value >= least && value <= largest;
      if (!isInside) refuseValue('mean', count === 0 ? 'zeros' : `${least} to ${largest}`, value);
      // Values spread most where each is the least or the largest.
      const most = count < 2 ? 0 : count * (largest - value) * (value - least);
      if (square >= 0 && square <= most) return;
      refuseValue('squares', `numbers from 0 to ${most}`, square);
    });
    const real = new RealSums();
    real.add(count, means, deviations);
    return real;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Adds what others have.
   *
   * Chan, Golub, LeVeque: Updating Formulae and a Pairwise Algorithm for Computing Sample
   * Variances (1979).
   */
  add(count: number, means: readonly number[], squares: readonly number[]): void {
    if (count === 0) return;
    const total = this.#count + count;
    for (let i = 0; i < 3; i++) {
      const mean = this.#means[i] as number;
      const difference = (means[i] as number) - mean;
      const share = count / total;
      this.#means[i] = mean + difference * share;
      this.#squares[i] =
        (this.#squares[i] as number) +
        (squares[i] as number) +
        difference * difference * this.#count * share;
    }
    this.#count = total;
  }

  merge(other: RealSums): void {
    this.add(other.#count, other.#means, other.#squares);
  }

  mean(channel: number): number {
    return this.#means[channel] as number;
  }

  /** The sum of squared deviations of a channel over a divisor. */
  variance(channel: number, divisor: number): number {
    return (this.#squares[channel] as number) / divisor;
  }

  toJSON(): RealSumsJSON {
    return { mean: [...this.#means], squares: [...this.#squares] };
  }
}

function readReals(value: unknown, name: string): number[] {
  if (!Array.isArray(value)) refuseKind(name, 'three numbers', value);
  if (value.length !== 3) refuseValue(name, 'three numbers', value.length);
  for (const item of value) {
    if (typeof item !== 'number') refuseKind(name, 'numbers', item);
  }
  return value;
}
