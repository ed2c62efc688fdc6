import { refuseKind, refuseValue } from '../checks/refuse.ts';

/** The largest value of 16 bits. A byte counts as 257 times itself, so 255 is as large. */
const LARGEST = 65535n;

/** What JSON holds of moments in RGB: decimal text, since they may be beyond 2^53. */
export interface WholeSumsJSON {
  /** The sum of each channel's values, of 65535. */
  readonly sums: readonly string[];
  /** The sum of each channel's squares. */
  readonly squares: readonly string[];
}

/**
 * The number of pixels, and of each channel the sum of its values, of 65535, and of their
 * squares. They are whole numbers: exact, and the same in any order.
 */
export class WholeSums {
  #count = 0;
  readonly #sums: bigint[] = [0n, 0n, 0n];
  readonly #squares: bigint[] = [0n, 0n, 0n];

  /** @throws TypeError, RangeError where no pixels have such sums. */
  static fromJSON(count: number, { sums, squares }: WholeSumsJSON): WholeSums {
    const whole = new WholeSums();
    whole.add(count, readWholes(sums, 'sums'), readWholes(squares, 'squares'), 1n);
    for (let i = 0; i < 3; i++)
      checkSums(whole.#sums[i] as bigint, whole.#squares[i] as bigint, BigInt(count));
    return whole;
  }

  get count(): number {
    return this.#count;
  }

  /** Adds sums of values that count as `unit` times themselves. */
  add(count: number, sums: readonly bigint[], squares: readonly bigint[], unit: bigint): void {
    this.#count += count;
    for (let i = 0; i < 3; i++) {
      this.#sums[i] = (this.#sums[i] as bigint) + (sums[i] as bigint) * unit;
      this.#squares[i] = (this.#squares[i] as bigint) + (squares[i] as bigint) * unit * unit;
    }
  }

  merge(other: WholeSums): void {
    this.add(other.#count, other.#sums, other.#squares, 1n);
  }

  /** The mean of a channel from 0 to 1, rounded once. */
  mean(channel: number): number {
    return quotient(this.#sums[channel] as bigint, BigInt(this.#count) * LARGEST);
  }

  /** The sum of squared deviations of a channel over a divisor, rounded once. */
  variance(channel: number, divisor: number): number {
    const count = BigInt(this.#count);
    const sum = this.#sums[channel] as bigint;
    const squares = count * (this.#squares[channel] as bigint) - sum * sum;
    return quotient(squares, count * BigInt(divisor) * LARGEST * LARGEST);
  }

  toJSON(): WholeSumsJSON {
    return { sums: this.#sums.map(String), squares: this.#squares.map(String) };
  }
}

function readWholes(value: unknown, name: string): bigint[] {
  if (!Array.isArray(value)) refuseKind(name, 'three whole numbers as text', value);
  if (value.length !== 3) refuseValue(name, 'three whole numbers', value.length);
  return value.map((text) => {
    if (typeof text !== 'string') refuseKind(name, 'whole numbers as text', text);
    if (!/^(0|[1-9]\d{0,39})$/.test(text)) refuseValue(name, 'whole numbers as text', text);
    return BigInt(text);
  });
}

/** Refuses sums that no values from 0 to 65535 have. */
function checkSums(sum: bigint, squares: bigint, count: bigint): void {
  const most = count * LARGEST;
  if (sum > most) refuseValue('sums', `whole numbers up to ${most}`, sum);
  // The squares are least where the values differ by at most 1, and most where all but one are
  // 0 or the largest. A square is odd where its root is.
  const spread = squaresOf(sum, count);
  const full = sum / LARGEST;
  const rest = sum % LARGEST;
  const largest = full * LARGEST * LARGEST + rest * rest;
  const isPossible = squares >= spread && squares <= largest && (squares - sum) % 2n === 0n;
  if (isPossible) return;
  const kind = sum % 2n === 0n ? 'even' : 'odd';
  refuseValue('squares', `${kind} numbers from ${spread} to ${largest}`, squares);
}

/** Returns the sum of squares of values as equal as whole numbers of a sum can be. */
function squaresOf(sum: bigint, count: bigint): bigint {
  if (count === 0n) return 0n;
  const value = sum / count;
  const greater = sum % count;
  return (count - greater) * value * value + greater * (value + 1n) * (value + 1n);
}

/** Returns the float64 that is nearest to a quotient; 0 of 0. */
function quotient(dividend: bigint, divisor: bigint): number {
  if (dividend === 0n) return 0;
  // More digits than a float64 has, and one that says whether any are left.
  const shift = Math.max(0, 64 + bitsOf(divisor) - bitsOf(dividend));
  const scaled = dividend << BigInt(shift);
  const rest = scaled % divisor === 0n ? 0n : 1n;
  return Number(((scaled / divisor) << 1n) | rest) / 2 ** (shift + 1);
}

/** Returns the number of bits of a whole number, or up to 3 more. */
function bitsOf(value: bigint): number {
  return 4 * value.toString(16).length;
}
