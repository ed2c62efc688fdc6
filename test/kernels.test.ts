import { describe, expect, test } from 'vitest';
import { instantiateKernels, type Kernels } from '../src/kernels.ts';
import { kernelsBase64 } from '../src/kernels-base64.ts';
import { expectClose, expectSameBits } from './closeness.ts';
import { normals } from './random.ts';
import { type Moments, moments } from './reference.ts';

describe('the module', () => {
  const bytes = Buffer.from(kernelsBase64, 'base64');
  const module = new WebAssembly.Module(bytes);

  // Ids of sections: core specification 2.0, 5.5.2.
  const START = 8;
  const DATA = 11;
  const DATA_COUNT = 12;

  test('imports a memory and nothing else', () => {
    expect(WebAssembly.Module.imports(module)).toEqual([
      { module: 'env', name: 'memory', kind: 'memory' },
    ]);
  });

  test('exports its kernels and nothing else, no memory in particular', () => {
    const names = WebAssembly.Module.exports(module).map(({ name, kind }) => `${kind} ${name}`);
    expect(names.sort()).toEqual([
      'function addMoments',
      'function applyRows',
      'function makeLines',
      'function normalizeRows',
    ]);
  });

  test('has no static data and no start function, so that memory is as it was', () => {
    const sections = sectionIds(bytes);
    expect(sections.length).toBeGreaterThan(4);
    for (const id of [START, DATA, DATA_COUNT]) expect(sections).not.toContain(id);
  });

  test('is at most 16 KB', () => {
    expect(bytes.length).toBeLessThanOrEqual(16 * 1024);
  });
});

/** Lists the ids of a module's sections: after 8 bytes of header each has an id, a size in LEB128 and so many bytes. */
function sectionIds(module: Uint8Array): number[] {
  const ids: number[] = [];
  for (let at = 8; at < module.length; ) {
    ids.push(module[at++] as number);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++] as number;
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    at += size;
  }
  return ids;
}

describe('a memory of the kernels', () => {
  test('holds what was asked for and never grows', () => {
    const { buffer } = instantiateKernels(100_000);
    expect(buffer.byteLength).toBe(131_072);
    expect(new Uint8Array(buffer).every((byte) => byte === 0)).toBe(true);
  });

  test('is its own for each instance', () => {
    expect(instantiateKernels(1).buffer).not.toBe(instantiateKernels(1).buffer);
  });
});

const STATE = 3;
const LINE = 3;
const GUARD = 0xa5;

/**
 * A memory full of guard bytes. Buffers lie with a gap between them, the last
 * one against the end of the memory, where a read too many is a trap.
 */
class Bench {
  readonly kernels: Kernels;
  readonly bytes: Uint8Array;
  #end: number;

  /** @param elements how many float32 its buffers hold, beside a few small ones */
  constructor(elements = 0) {
    const { kernels, buffer } = instantiateKernels(elements * 4 + 4096);
    this.kernels = kernels;
    this.bytes = new Uint8Array(buffer).fill(GUARD);
    this.#end = buffer.byteLength;
  }

  floats(values: ArrayLike<number>): Float32Array {
    const array = new Float32Array(this.bytes.buffer, this.#take(values.length * 4), values.length);
    array.set(values);
    return array;
  }

  doubles(values: ArrayLike<number>): Float64Array {
    const array = new Float64Array(this.bytes.buffer, this.#take(values.length * 8), values.length);
    array.set(values);
    return array;
  }

  /** Runs a kernel, and expects it to have changed nothing but the given buffers. */
  run(kernel: (kernels: Kernels) => void, ...written: (Float32Array | Float64Array)[]): void {
    const before = this.bytes.slice();
    kernel(this.kernels);
    for (const { byteOffset, byteLength } of written) {
      before.set(this.bytes.subarray(byteOffset, byteOffset + byteLength), byteOffset);
    }
    expect(Buffer.compare(this.bytes, before)).toBe(0);
  }

  #take(byteLength: number): number {
    const start = (this.#end - byteLength) & ~7;
    this.#end = start - 40;
    return start;
  }
}

// Up to past the second round of 64 elements, then around a chunk.
const LENGTHS = [...Array.from({ length: 150 }, (_, i) => i + 1), 16383, 16384, 16385, 32769];

function expectState(actual: ArrayLike<number>, { count, mean, variance }: Moments): void {
  const std = Math.sqrt(variance);
  expect(actual[0]).toBe(count);
  // A mean is off by a rounding of a block's sum; a variance by those of squares.
  expect(Math.abs((actual[1] as number) - mean)).toBeLessThanOrEqual(2 ** -23 * std);
  const squares = variance * count;
  expect(Math.abs((actual[2] as number) - squares)).toBeLessThanOrEqual(2 ** -22 * squares);
}

function rowsOf<Values extends Float32Array | Float64Array>(
  values: Values,
  length: number,
): Values[] {
  return Array.from(
    { length: values.length / length },
    (_, row) => values.subarray(row * length, (row + 1) * length) as Values,
  );
}

describe('addMoments', () => {
  test.each([1, 2, 3])('adds the moments of %i rows of any length to cleared states', (rows) => {
    for (const length of LENGTHS) {
      const bench = new Bench(rows * length);
      const x = bench.floats(normals(rows * length, length, 4, 2));
      const states = bench.doubles(new Float64Array(rows * STATE));
      bench.run(
        (kernels) => kernels.addMoments(states.byteOffset, x.byteOffset, rows, length),
        states,
      );
      const found = rowsOf(states, STATE);
      rowsOf(x, length).forEach((row, i) => {
        expectState(found[i] as Float64Array, moments(row));
      });
    }
  });

  test('adds segments, as if they were one row', () => {
    const values = normals(1000, 1, -3, 5);
    for (const cut of [1, 2, 3, 17, 64, 500, 999]) {
      const bench = new Bench(values.length);
      const x = bench.floats(values);
      const state = bench.doubles([0, 0, 0]);
      const add = (start: number, length: number) => (kernels: Kernels) =>
        kernels.addMoments(state.byteOffset, x.byteOffset + start * 4, 1, length);
      bench.run(add(0, cut), state);
      bench.run(add(cut, 1000 - cut), state);
      expectState(state, moments(values));
    }
  });

  test('gives the same bits wherever a row is cut at a multiple of 16384', () => {
    const length = 5 * 16384 + 77;
    const bench = new Bench(length);
    const x = bench.floats(normals(length, 2, 1e4, 1));
    const whole = bench.doubles([0, 0, 0]);
    const cut = bench.doubles([0, 0, 0]);
    bench.run(({ addMoments }) => addMoments(whole.byteOffset, x.byteOffset, 1, length), whole);
    for (let done = 0, piece = 16384; done < length; done += piece) {
      piece = done === 0 ? 16384 : 32768;
      const count = Math.min(piece, length - done);
      const start = x.byteOffset + done * 4;
      bench.run(({ addMoments }) => addMoments(cut.byteOffset, start, 1, count), cut);
    }
    expect([...cut]).toEqual([...whole]);
  });

  test('finds a mean of exactly the value where all are equal, and no deviation', () => {
    for (const value of [0.1, -3e38, 1e-45]) {
      for (const length of [1, 5, 100, 20000]) {
        const bench = new Bench(length);
        const x = bench.floats(new Float32Array(length).fill(value));
        const state = bench.doubles([0, 0, 0]);
        bench.run(({ addMoments }) => addMoments(state.byteOffset, x.byteOffset, 1, length), state);
        expect([...state]).toEqual([length, Math.fround(value), 0]);
      }
    }
  });
});

describe('makeLines', () => {
  const weight = [2, -3, 0.5];
  const bias = [10, 20, 30];

  test('makes scale = weight / sqrt(variance + eps) and shift = bias, period by period', () => {
    const bench = new Bench();
    const states = bench.doubles([4, 5, 36, 2, -1, 8, 1, 7, 0.25, 10, 0, 160, 5, 3, 20]);
    const lines = bench.doubles(new Float64Array(5 * LINE));
    const weights = bench.floats(weight);
    const biases = bench.floats(bias);
    const make = (w: number, b: number) => (kernels: Kernels) =>
      kernels.makeLines(lines.byteOffset, states.byteOffset, w, b, 5, 3, 0);
    bench.run(make(weights.byteOffset, biases.byteOffset), lines);
    expect(rowsOf(lines, LINE).map((line) => [...line])).toEqual([
      [5, 2 / 3, 10],
      [-1, -3 / 2, 20],
      [7, 1, 30],
      [0, 2 / 4, 10],
      [3, -3 / 2, 20],
    ]);
    bench.run(make(0, 0), lines);
    expect(rowsOf(lines, LINE).map((line) => [...line])).toEqual([
      [5, 1 / 3, 0],
      [-1, 1 / 2, 0],
      [7, 2, 0],
      [0, 1 / 4, 0],
      [3, 1 / 2, 0],
    ]);
  });

  test('adds eps to the variance, under the root', () => {
    const bench = new Bench();
    const states = bench.doubles([2, 0, 32]);
    const lines = bench.doubles([0, 0, 0]);
    bench.run(
      (kernels) => kernels.makeLines(lines.byteOffset, states.byteOffset, 0, 0, 1, 1, 9),
      lines,
    );
    expect([...lines]).toEqual([0, 1 / 5, 0]);
  });

  test('makes a scale of 0 where there is no spread and no eps', () => {
    const bench = new Bench();
    const states = bench.doubles([2, 3, 0]);
    const lines = bench.doubles([0, 0, 0]);
    bench.run(
      (kernels) => kernels.makeLines(lines.byteOffset, states.byteOffset, 0, 0, 1, 1, 0),
      lines,
    );
    expect([...lines]).toEqual([3, 0, 0]);
  });
});

describe('applyRows', () => {
  const lines = [
    [1.5, 2, -4],
    [1e4 + 1 / 3, -0.75, 1],
    [0, 1e-35, 3],
  ] as const;

  test.each([1, 3, 5])(
    'applies a line to each of %i rows of any length, out of place and in place',
    (rows) => {
      for (const length of LENGTHS) {
        const bench = new Bench(2 * rows * length);
        const x = bench.floats(normals(rows * length, length, 1e4, 2));
        const y = bench.floats(new Float32Array(rows * length));
        const at = bench.doubles(lines.flat());
        const apply = (target: Float32Array) => (kernels: Kernels) =>
          kernels.applyRows(target.byteOffset, x.byteOffset, at.byteOffset, rows, length, 3);
        bench.run(apply(y), y);
        rowsOf(x, length).forEach((row, i) => {
          const [mean, scale, shift] = lines[i % 3] as (typeof lines)[number];
          const expected = Float64Array.from(row, (value) => (value - mean) * scale + shift);
          expectClose(rowsOf(y, length)[i] as Float32Array, expected, {
            weight: [scale],
            bias: [shift],
          });
        });
        bench.run(apply(x), x);
        expectSameBits(x, y);
      }
    },
  );
});

describe('normalizeRows', () => {
  const weight = normals(3, 1, 1, 0.5);
  const bias = normals(3, 2);

  test.each([1, 3, 5])(
    'finds moments and lines of %i rows of any length and applies them, out of place and in place',
    (rows) => {
      for (const length of LENGTHS) {
        const bench = new Bench(2 * rows * length);
        const x = bench.floats(normals(rows * length, length, -20, 3));
        const y = bench.floats(new Float32Array(rows * length));
        const states = bench.doubles(new Float64Array(rows * STATE).fill(7));
        const lines = bench.doubles(new Float64Array(rows * LINE));
        const weights = bench.floats(weight);
        const biases = bench.floats(bias);
        const normalize = (target: Float32Array) => (kernels: Kernels) =>
          kernels.normalizeRows(
            target.byteOffset,
            states.byteOffset,
            lines.byteOffset,
            x.byteOffset,
            weights.byteOffset,
            biases.byteOffset,
            rows,
            length,
            3,
            1e-5,
          );
        bench.run(normalize(y), y, states, lines);
        rowsOf(x, length).forEach((row, i) => {
          const found = moments(row);
          expectState(rowsOf(states, STATE)[i] as Float64Array, found);
          const factor = weight[i % 3] as number;
          const shift = bias[i % 3] as number;
          const expected = Float64Array.from(
            row,
            (value) => ((value - found.mean) / Math.sqrt(found.variance + 1e-5)) * factor + shift,
          );
          expectClose(rowsOf(y, length)[i] as Float32Array, expected, { weight, bias });
        });
        bench.run(normalize(x), x, states, lines);
        expectSameBits(x, y);
      }
    },
  );

  test('gives a row of one element exactly the bias', () => {
    const bench = new Bench();
    const x = bench.floats([-7.3, 1e30, 1e-45]);
    const states = bench.doubles(new Float64Array(9));
    const lines = bench.doubles(new Float64Array(9));
    const weights = bench.floats(weight);
    const biases = bench.floats(bias);
    for (const eps of [1e-5, 0]) {
      const y = bench.floats(new Float32Array(3));
      bench.run(
        (kernels) =>
          kernels.normalizeRows(
            y.byteOffset,
            states.byteOffset,
            lines.byteOffset,
            x.byteOffset,
            weights.byteOffset,
            biases.byteOffset,
            3,
            1,
            3,
            eps,
          ),
        y,
        states,
        lines,
      );
      expectSameBits(y, bias);
    }
  });
});
