import { expect, test } from 'vitest';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { normals } from '../../support/random.ts';
import {
  DTYPES_16,
  type Dtype16,
  infinityOf,
  NAN,
  nearestBits,
  numberOf,
} from '../../support/sixteen-bits.ts';

/** Rounds float32, in memory of their own or in place. */
function narrow(given: Float32Array, dtype: Dtype16, inPlace = false): Uint16Array {
  const whole = Math.ceil(given.length / 8) * 8;
  const memory = new KernelMemory(2 * whole);
  const values = memory.floats(new Float32Array(whole));
  values.set(given);
  const area = inPlace ? values : memory.bits(new Uint16Array(whole));
  memory.run(
    (kernels) =>
      kernels.narrow(area.byteOffset, values.byteOffset, given.length, dtype === 'bfloat16'),
    area,
  );
  return new Uint16Array(area.buffer, area.byteOffset, given.length).slice();
}

/** Returns float32 as a multiple of its last place further from 0. */
function step(value: number, ulps: number): number {
  const bits = new Int32Array(Float32Array.of(value).buffer);
  bits[0] = (bits[0] as number) + ulps;
  return new Float32Array(bits.buffer)[0] as number;
}

test.each(DTYPES_16)('narrow: every %s comes back from float32', (dtype) => {
  const all = Float32Array.from({ length: 65536 }, (_, i) => numberOf(i, dtype));
  const bits = narrow(all, dtype);
  const wrong = bits.findIndex((half, i) => half !== (Number.isNaN(all[i]) ? NAN : i));
  expect(wrong).toBe(-1);
});

test.each(DTYPES_16)(
  'narrow: halfway between any two neighbours is the even one, and less or more the nearer: %s',
  (dtype) => {
    const infinity = infinityOf(dtype);
    const ties: number[] = [];
    const expected: number[] = [];
    for (let low = 0; low < infinity; low++) {
      // The largest number is as far from infinity as from its neighbour.
      const from = numberOf(low, dtype);
      const to =
        low + 1 < infinity ? numberOf(low + 1, dtype) : 2 * from - numberOf(low - 1, dtype);
      const middle = (from + to) / 2;
      expect(Math.fround(middle)).toBe(middle);
      for (const sign of [0, 0x8000]) {
        const signed = sign ? -middle : middle;
        ties.push(step(signed, -1), signed, step(signed, 1));
        expected.push(sign + low, sign + low + (low % 2), sign + low + 1);
      }
    }
    const bits = narrow(Float32Array.from(ties), dtype);
    expect(bits.findIndex((half, i) => half !== expected[i])).toBe(-1);
  },
);

// petamoriken/float16#952, numpy#22704: values that float32 to float16 got wrong elsewhere.
test('narrow: what others got wrong', () => {
  const given = [
    0x33000000, 0x33000001, 0x33c00000, 0x34200000, 0x387fe000, 0x3f801000, 0x3f803000, 0x477fefff,
    0x477ff000, 0x80000000, 0xb3000001, 0xff800000, 0x7f800001, 0x7fffffff, 0xff800001, 0xffffffff,
  ];
  const bits = narrow(new Float32Array(Uint32Array.from(given).buffer), 'float16');
  expect([...bits]).toEqual([
    0x0000,
    0x0001,
    0x0002,
    0x0002,
    0x0400,
    0x3c00,
    0x3c02,
    0x7bff,
    0x7c00,
    0x8000,
    0x8001,
    0xfc00,
    NAN,
    NAN,
    NAN,
    NAN,
  ]);
});

test.each(DTYPES_16)('narrow: float32 of any size, in place or not, any count: %s', (dtype) => {
  const bits = Uint32Array.from(
    normals(2000, 1),
    (value, i) => (value * 2 ** 31 + i * 2654435761) >>> 0,
  );
  const values = new Float32Array(bits.buffer);
  const expected = Array.from(values, (value) => nearestBits(value, dtype));
  for (const count of [0, 1, 7, 8, 9, 15, 16, 17, 31, 2000]) {
    const given = values.subarray(0, count);
    expect([...narrow(given, dtype)]).toEqual(expected.slice(0, count));
    expect([...narrow(given, dtype, true)]).toEqual(expected.slice(0, count));
  }
});
