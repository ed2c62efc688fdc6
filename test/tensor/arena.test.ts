import { describe, expect, test } from 'vitest';
import { Arena, adaptiveInstanceNorm, instanceNorm, Tensor } from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { places, resetPlaces } from '../support/places.ts';
import { normals, uniforms } from '../support/random.ts';
import { SHAPES, sizeOf } from '../support/shapes.ts';

describe('Arena', () => {
  test('makes tensors of zeros for a shape', () => {
    const arena = new Arena(1024);
    arena.tensor([64]).data.fill(7);
    arena.reset();
    const x = arena.tensor([2, 3, 4]);
    expect(x).toBeInstanceOf(Tensor);
    expect(x.shape).toEqual([2, 3, 4]);
    expect([...x.data]).toEqual(Array(24).fill(0));
  });

  test('makes copies of tensors, also of those of ONNX runtimes', () => {
    const arena = new Arena(1024);
    const data = normals(6, 1);
    for (const source of [
      new Tensor(data, [2, 3]),
      { data, shape: [2, 3] },
      { data, dims: [2, 3] },
    ]) {
      const copy = arena.tensor(source);
      expect(copy.shape).toEqual([2, 3]);
      expect(copy.data).not.toBe(data);
      expectSameBits(copy.data, data);
    }
  });

  test('copies a tensor of its own, even over itself after reset', () => {
    const arena = new Arena(1024);
    arena.tensor([5]);
    const x = arena.tensor({ data: normals(40, 2), shape: [40] });
    const before = x.data.slice();
    arena.reset();
    expectSameBits(arena.tensor(x).data, before);
  });

  test('gives each tensor memory of its own, at a multiple of 64 bytes', () => {
    const arena = new Arena(4096);
    const tensors = [1, 16, 17, 0, 31, 100].map((size) => arena.tensor([size]));
    tensors.forEach(({ data }, i) => {
      data.fill(i + 1);
    });
    tensors.forEach(({ data }, i) => {
      expect(data.byteOffset % 64).toBe(0);
      expect([...data]).toEqual(Array(data.length).fill(i + 1));
    });
  });

  test('counts the bytes it has given, rounded up to 64 each', () => {
    const arena = new Arena(1000);
    expect([arena.used, arena.capacity]).toEqual([0, 1000]);
    arena.tensor([1]);
    expect(arena.used).toBe(64);
    arena.tensor([4, 4]);
    expect(arena.used).toBe(128);
    arena.tensor([17]);
    expect(arena.used).toBe(256);
    arena.tensor([0]);
    expect(arena.used).toBe(256);
    arena.reset();
    expect([arena.used, arena.capacity]).toEqual([0, 1000]);
  });

  test('gives its last byte, and refuses one more element with both numbers', () => {
    const arena = new Arena(1000);
    arena.tensor([234]);
    expect(() => arena.tensor([3, 5])).toThrow(RangeError);
    expect(() => arena.tensor([3, 5])).toThrow(/60 bytes.* 40 of 1000/);
    expect(arena.used).toBe(960);
    const last = arena.tensor([10]);
    last.data.fill(3);
    expect([...last.data]).toEqual(Array(10).fill(3));
    expect(arena.used).toBe(1000);
    expect(() => arena.tensor([1])).toThrow(/4 bytes.* 0 of 1000/);
  });

  test('never moves: its tensors stay where they are whatever comes later', () => {
    const arena = new Arena(2 ** 20);
    const first = arena.tensor({ data: normals(1000, 3), shape: [1, 1, 1000] });
    const before = first.data.slice();
    const { buffer } = first.data;
    for (let i = 0; i < 100; i++) {
      const x = arena.tensor([1, 2, 500]);
      instanceNorm(x, { out: x });
      instanceNorm(new Tensor(normals(3000, 4), [1, 3, 1000]));
    }
    expect(first.data.buffer).toBe(buffer);
    expectSameBits(first.data, before);
  });

  test('makes empty tensors when it is full, whatever its capacity', () => {
    for (const capacity of [4, 5, 100]) {
      const arena = new Arena(capacity);
      arena.tensor([Math.floor(capacity / 4)]);
      const { data } = arena.tensor([2, 0]);
      expect([data.length, data.byteOffset % 64]).toEqual([0, 0]);
    }
  });

  test('holds only empty tensors at a capacity of 0', () => {
    const arena = new Arena(0);
    expect(arena.tensor([3, 0]).size).toBe(0);
    expect(() => arena.tensor([1])).toThrow(/4 bytes.* 0 of 0/);
  });

  test.each([
    ['1024', TypeError, '"1024"'],
    [undefined, TypeError, 'undefined'],
    [-1, RangeError, '-1'],
    [1.5, RangeError, '1.5'],
    [Number.NaN, RangeError, 'NaN'],
    [2 ** 32, RangeError, '4294967296'],
  ])('refuses a byte length of %j', (byteLength, kind, got) => {
    const call = () => new Arena(byteLength as number);
    expect(call).toThrow(kind);
    expect(call).toThrow(new RegExp(`^byteLength: expected .*, got ${got}$`));
  });

  test.each([
    [null, TypeError, /^source: expected .*, got null$/],
    [24, TypeError, /^source: expected .*, got 24$/],
    [[2, -1], RangeError, /^shape: expected .*, got -1 /],
    [[2, '3'], TypeError, /^shape: expected .*, got "3" /],
    [{ data: new Float32Array(5), shape: [6] }, RangeError, /^source\.data: expected 6 .*, got 5$/],
    [{ data: [1, 2], shape: [2] }, TypeError, /^source\.data: expected .*, got \[1, 2\]$/],
  ])('refuses to make a tensor of %j, and uses no space', (source, kind, message) => {
    const arena = new Arena(1024);
    const call = () => arena.tensor(source as never);
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
    expect(arena.used).toBe(0);
  });
});

/** Writes a result into `out`, and returns everything that was written. */
type Calculation = (x: Tensor, out: Tensor | undefined) => readonly Float32Array[];

function channelsOf({ shape }: Tensor): number {
  return shape[1] as number;
}

const calculations: Readonly<Record<string, Calculation>> = {
  'instanceNorm with running statistics': (x, out) => {
    const channels = channelsOf(x);
    const runningMean = normals(channels, 10);
    const runningVar = uniforms(channels, 11, 0.5, 1);
    const y = instanceNorm(x, {
      weight: normals(channels, 12),
      bias: normals(channels, 13),
      runningMean,
      runningVar,
      out,
    });
    return [y.data, runningMean, runningVar];
  },
  'instanceNorm with conditional parameters': (x, out) => {
    const rows = (x.shape[0] as number) * channelsOf(x);
    return [instanceNorm(x, { weight: normals(rows, 14), bias: normals(rows, 15), out }).data];
  },
  'instanceNorm by running statistics': (x, out) => {
    const channels = channelsOf(x);
    const y = instanceNorm(x, {
      weight: normals(channels, 16),
      runningMean: normals(channels, 17),
      runningVar: uniforms(channels, 18, 0.5, 1),
      useInputStats: false,
      out,
    });
    return [y.data];
  },
  adaptiveInstanceNorm: (x, out) => {
    const channels = channelsOf(x);
    const style = new Tensor(normals(channels * 11, 19, 2, 3), [1, channels, 11]);
    return [adaptiveInstanceNorm(x, style, { alpha: 0.7, out }).data];
  },
};

const cases = Object.entries(calculations).flatMap(([name, run]) =>
  SHAPES.map((shape) => ({ name, shape, run })),
);

describe.each(cases)('$name of $shape', ({ shape, run }) => {
  const size = sizeOf(shape);
  const values = normals(size, 20, 5, 2);
  const expected = run(new Tensor(values, shape), undefined);

  function expectTheSame(actual: readonly Float32Array[]): void {
    expect(actual.length).toBe(expected.length);
    for (const [i, array] of actual.entries()) expectSameBits(array, expected[i] as Float32Array);
  }

  test.each(Object.entries(places))(
    'gives the same bits from %s, wherever the result goes',
    (_, place) => {
      resetPlaces();
      const x = place(values, shape);
      expectTheSame(run(x, undefined));
      for (const placeOut of Object.values(places)) {
        const out = placeOut(new Float32Array(size), shape);
        expectTheSame(run(x, out));
        expectSameBits(out.data, expected[0] as Float32Array);
        expectSameBits(x.data, values);
      }
      expectTheSame(run(x, x));
      expectSameBits(x.data, expected[0] as Float32Array);
    },
  );
});

test('a row is summed in the same order wherever a tile ends', () => {
  // Numbers with long tails, whose sums are rounded so much that another order of additions shows.
  const shape = [1, 20, 2 * 65536 + 17];
  const values = normals(20 * (2 * 65536 + 17), 21).map((value) => value ** 9);
  const inArena = new Arena(4 * values.length + 64).tensor({ data: values, shape });
  expectSameBits(
    instanceNorm(inArena, { out: inArena }).data,
    instanceNorm(new Tensor(values, shape)).data,
  );
});
