import type { ImageMoments } from 'wasm-norm';

/** {@link PictureMeans} as JSON keeps it: decimal text, since it is beyond 2^53. */
export interface PictureMeansJSON {
  readonly pictures: number;
  readonly means: readonly string[];
  readonly squares: readonly string[];
}

// A mean is kept as a whole number of 2^-64.
const BITS = 64n;
const ONE = 2 ** 64;

/** The largest value of a channel, of which the sums of moments are. */
const LARGEST = 65535n;

/**
 * Sums over pictures of the mean of each channel, and of the mean of its squares: what mean and
 * deviation are made of where each picture weighs the same, whatever its size. They are whole
 * numbers, so they are the same in any order.
 */
export class PictureMeans {
  #pictures = 0;
  readonly #means: bigint[] = [0n, 0n, 0n];
  readonly #squares: bigint[] = [0n, 0n, 0n];

  /** @throws Error where it is no means of at most so many pictures. */
  static fromJSON(json: PictureMeansJSON, most: number): PictureMeans {
    const { pictures, means, squares } = json ?? {};
    const isWhole =
      Number.isSafeInteger(pictures) &&
      pictures >= 0 &&
      pictures <= most &&
      [means, squares].every(
        (sums) =>
          Array.isArray(sums) && sums.length === 3 && sums.every((sum) => /^\d+$/.test(sum)),
      );
    if (!isWhole) throw new Error(`means: expected those of at most ${most} pictures`);
    const read = new PictureMeans();
    read.#pictures = pictures;
    for (let i = 0; i < 3; i++) {
      read.#means[i] = BigInt(means[i] as string);
      read.#squares[i] = BigInt(squares[i] as string);
    }
    return read;
  }

  /** Adds the moments of a picture in 'rgb'. One without pixels weighs nothing. */
  add(moments: ImageMoments): void {
    const { count } = moments;
    if (count === 0) return;
    const json = moments.toJSON();
    if (!('sums' in json)) throw new TypeError(`expected moments in 'rgb', got '${json.space}'`);
    const { sums, squares } = json;
    const whole = BigInt(count) * LARGEST;
    this.#pictures++;
    for (let i = 0; i < 3; i++) {
      this.#means[i] = this.#mean(i) + (BigInt(sums[i] as string) << BITS) / whole;
      this.#squares[i] =
        this.#square(i) + (BigInt(squares[i] as string) << BITS) / (whole * LARGEST);
    }
  }

  merge(other: PictureMeans): void {
    this.#pictures += other.#pictures;
    for (let i = 0; i < 3; i++) {
      this.#means[i] = this.#mean(i) + other.#mean(i);
      this.#squares[i] = this.#square(i) + other.#square(i);
    }
  }

  /** The mean of the pictures' means, from 0 to 1. */
  get mean(): readonly number[] {
    return [0, 1, 2].map((i) => Number(this.#mean(i)) / (this.#pictures * ONE));
  }

  /** The deviation of all pixels where each picture weighs the same. */
  get std(): readonly number[] {
    return [0, 1, 2].map((i) => {
      const pictures = BigInt(this.#pictures);
      const scaled = ((pictures * this.#square(i)) << BITS) - this.#mean(i) * this.#mean(i);
      // A mean is kept a little too low, and its square may then be above the squares.
      return Math.sqrt(Math.max(0, Number(scaled))) / (this.#pictures * ONE);
    });
  }

  toJSON(): PictureMeansJSON {
    return {
      pictures: this.#pictures,
      means: this.#means.map(String),
      squares: this.#squares.map(String),
    };
  }

  #mean(channel: number): bigint {
    return this.#means[channel] as bigint;
  }

  #square(channel: number): bigint {
    return this.#squares[channel] as bigint;
  }
}
