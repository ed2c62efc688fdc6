import { describe, expect, test } from 'vitest';
import { type Paint, paintText } from '../../../cli/paint/kernels/compiled-paint.ts';
import { decodeBytes } from '../../../src/kernels/decode-bytes.ts';
import { largestDifference } from '../../support/layers.ts';
import { normalFrom } from '../../support/random.ts';

const PAGE = 65536;
const GAP = 64;
const GUARD = 0xa5;

/**
 * Kernels over a memory of guard bytes. The first array lies against the end of the memory, so that
 * reading past it is a trap.
 */
class GuardedMemory {
  readonly kernels: Paint;
  readonly #bytes: Uint8Array;
  #end: number;

  constructor() {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    const module = new WebAssembly.Module(decodeBytes(paintText));
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.kernels = exports as unknown as Paint;
    this.#bytes = new Uint8Array(memory.buffer).fill(GUARD);
    this.#end = PAGE;
  }

  floats(values: ArrayLike<number>): Float32Array {
    this.#end -= 4 * values.length;
    const array = new Float32Array(this.#bytes.buffer, this.#end, values.length);
    array.set(values);
    this.#end -= GAP;
    return array;
  }

  /** Runs a kernel, and expects it to have changed nothing but one array. */
  run(kernel: (kernels: Paint) => void, { byteOffset, byteLength }: Float32Array): void {
    const before = this.#bytes.slice();
    kernel(this.kernels);
    before.set(this.#bytes.subarray(byteOffset, byteOffset + byteLength), byteOffset);
    expect(Buffer.compare(this.#bytes, before)).toBe(0);
  }
}

const random = normalFrom(35);
const numbers = (length: number) => Float32Array.from({ length }, random);
const at = (array: ArrayLike<number>, index: number) => array[index] as number;

describe('convolveDense', () => {
  // Around the four pixels that are found at once, one block of outputs and more, taps in a row and
  // in several.
  test.each([
    [1, 8, 1, 4],
    [3, 16, 2, 6],
    [4, 8, 3, 5],
    [9, 24, 2, 3],
  ])('adds products for %i pixels of %i outputs, %i rows of %i', (pixels, outputs, height, run) => {
    const memory = new GuardedMemory();
    const [xStep, yStep] = [2, outputs + 3];
    const rowStep = (pixels - 1) * xStep + run;
    const x = memory.floats(numbers(height * rowStep));
    const weight = memory.floats(numbers(outputs * height * run));
    const y = memory.floats(new Float32Array((pixels - 1) * yStep + outputs));
    const expected = y.slice();
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let output = 0; output < outputs; output++) {
        const block = Math.floor(output / 8) * height * run * 8;
        let sum = 0;
        for (let tap = 0; tap < height * run; tap++) {
          const from = Math.floor(tap / run) * rowStep + pixel * xStep + (tap % run);
          sum += at(x, from) * at(weight, block + tap * 8 + (output % 8));
        }
        expected[pixel * yStep + output] = sum;
      }
    }
    const [to, from, by] = [y.byteOffset, x.byteOffset, weight.byteOffset];
    memory.run(
      ({ convolveDense }) =>
        convolveDense(to, from, by, pixels, outputs, height, run, rowStep, xStep, yStep),
      y,
    );
    expect(largestDifference(y, expected)).toBeLessThan(1e-5);
  });
});

describe('convolveDepthwise', () => {
  test.each([
    [1, 4],
    [5, 12],
  ])('adds nine products for %i pixels of %i channels', (pixels, channels) => {
    const memory = new GuardedMemory();
    const rowStep = (pixels + 2) * channels;
    const x = memory.floats(numbers(3 * rowStep));
    const weight = memory.floats(numbers(9 * channels));
    const y = memory.floats(new Float32Array(pixels * channels));
    const expected = y.map((_, i) => {
      let sum = 0;
      for (let tap = 0; tap < 9; tap++) {
        const from = Math.floor(tap / 3) * rowStep + (tap % 3) * channels + i;
        sum += at(x, from) * at(weight, tap * channels + (i % channels));
      }
      return sum;
    });
    const [to, from, by] = [y.byteOffset, x.byteOffset, weight.byteOffset];
    memory.run(
      ({ convolveDepthwise }) => convolveDepthwise(to, from, by, pixels, channels, rowStep),
      y,
    );
    expect(largestDifference(y, expected)).toBeLessThan(1e-5);
  });
});

describe('addColours', () => {
  test.each([1, 7])('adds the shares of nine columns for %i pixels', (pixels) => {
    const memory = new GuardedMemory();
    const shares = memory.floats(numbers((pixels + 8) * 32).map((value) => 3 * value));
    const bias = memory.floats([-40, 0.5, 2, 0]);
    const y = memory.floats(new Float32Array(3 * pixels));
    const expected = Float64Array.from(y, (_, i) => {
      const [pixel, colour] = [Math.floor(i / 3), i % 3];
      let sum = at(bias, colour);
      for (let column = 0; column < 9; column++) {
        sum += at(shares, (pixel + column) * 32 + 3 * column + colour);
      }
      return 1 / (1 + Math.exp(-sum));
    });
    memory.run(
      ({ addColours }) => addColours(y.byteOffset, shares.byteOffset, bias.byteOffset, pixels),
      y,
    );
    expect(largestDifference(y, expected)).toBeLessThan(1e-6);
  });

  test.each([-1e30, -200, -87, 0, 87, 200, 1e30])('is within 0 and 1 for sums of %d', (sum) => {
    const memory = new GuardedMemory();
    const shares = memory.floats(new Float32Array(9 * 32));
    const bias = memory.floats([sum, sum, sum, 0]);
    const y = memory.floats(new Float32Array(3));
    memory.kernels.addColours(y.byteOffset, shares.byteOffset, bias.byteOffset, 1);
    expect(largestDifference(y, Array(3).fill(1 / (1 + Math.exp(-sum))))).toBeLessThan(1e-7);
  });
});

test.each([4, 12])('rectify and add work on %i elements', (count) => {
  const memory = new GuardedMemory();
  const x = memory.floats(numbers(count));
  const y = memory.floats(numbers(count));
  const sums = y.map((value, i) => value + at(x, i));
  memory.run(({ add }) => add(y.byteOffset, x.byteOffset, count), y);
  expect(y).toEqual(sums);
  memory.run(({ rectify }) => rectify(y.byteOffset, count), y);
  expect(y).toEqual(sums.map((value) => Math.max(0, value)));
});
