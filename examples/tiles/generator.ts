// A generator of CycleGAN's shape, as pathologists transfer stains with: 7x7, two strides down,
// residual blocks, two enlargements, 7x7. It has a quarter of the channels and random weights, since
// it shows how a picture of any size goes through such a network in tiles.

import type { Convolution } from '../../cli/paint/convolutions/convolution.ts';
import { dense } from '../../cli/paint/convolutions/dense.ts';
import { upsampled } from '../../cli/paint/convolutions/upsampled.ts';
import { Convolved } from '../../cli/paint/walk/convolved.ts';
import { Kept, MemoryStore, sizeOf } from '../../cli/paint/walk/kept.ts';
import { Normalized } from '../../cli/paint/walk/normalized.ts';
import { gathering, keeping, type Pass } from '../../cli/paint/walk/passes.ts';
import { Rectified } from '../../cli/paint/walk/rectified.ts';
import { type Rows, rowSize } from '../../cli/paint/walk/rows.ts';
import { Sum } from '../../cli/paint/walk/sum.ts';

const BLOCKS = 9;
const EPS = 1e-5;

/** A soft spot of size x size taps: with it random weights give pictures, and not noise. */
function bump(size: number): readonly number[] {
  const middle = (size - 1) / 2;
  return Array.from({ length: size * size }, (_, i) => {
    const [y, x] = [Math.floor(i / size) - middle, (i % size) - middle];
    return 1 / (1 + 4 * (x * x + y * y));
  });
}

/** What makes the convolutions of the network, always the same. */
export class Generator {
  readonly #convolutions: readonly Convolution[];

  /** @param random gives numbers of mean 0 and variance 1 */
  constructor(random: () => number) {
    const weights = (outputs: number, inputs: number, size: number) => {
      const data = new Float32Array(outputs * inputs * size * size);
      for (let i = 0; i < data.length; i += size * size) {
        const number = random() / Math.sqrt(inputs);
        data.set(
          bump(size).map((value) => number * value),
          i,
        );
      }
      return { data, shape: [outputs, inputs, size, size] };
    };
    this.#convolutions = [
      dense(weights(16, 3, 7), 1),
      dense(weights(32, 16, 3), 2),
      dense(weights(64, 32, 3), 2),
      ...Array.from({ length: 2 * BLOCKS }, () => dense(weights(64, 64, 3), 1)),
      upsampled(weights(32, 64, 3)),
      upsampled(weights(16, 32, 3)),
      // Three colours; kernels find eight outputs at once.
      dense(weights(8, 16, 7), 1),
    ];
  }

  /**
   * Lays the network out over a picture.
   *
   * @param picture (height, width, 3), with sides that are multiples of 4
   * @param result takes (height, width, 8), of which three are the colours
   */
  layOut(picture: Rows, result: MemoryStore): readonly Pass[] {
    const passes: Pass[] = [];
    const convolutions = this.#convolutions.values();
    const convolved = (rows: Rows, rectifies: boolean): Rows => {
      const next = convolutions.next();
      if (next.done) throw new Error('the network has no more convolutions');
      return new Convolved(rows, next.value, rectifies);
    };
    // What is kept is not found again; what is not is found once more in each pass after.
    const kept = (rows: Rows): Kept =>
      new Kept(rows, new MemoryStore(new Float32Array(sizeOf(rows)), rowSize(rows)));
    const normalized = (rows: Rows): Normalized => {
      const store = kept(rows);
      const ones = new Float32Array(rows.channels).fill(1);
      const norm = new Normalized(store, { weight: ones, bias: ones.map(() => 0), eps: EPS });
      passes.push(gathering(norm, store));
      return norm;
    };

    const first = normalized(convolved(picture, false));
    const second = normalized(convolved(first, true));
    const third = normalized(convolved(second, true));
    let x = kept(new Rectified(third));
    passes.push(keeping(x));
    for (let i = 0; i < BLOCKS; i++) {
      const a = normalized(convolved(x, false));
      const b = normalized(convolved(a, true));
      x = kept(new Sum(x, b));
      passes.push(keeping(x));
    }
    const half = normalized(convolved(x, false));
    const whole = normalized(convolved(half, true));
    passes.push(keeping(new Kept(convolved(whole, true), result)));
    return passes;
  }
}
