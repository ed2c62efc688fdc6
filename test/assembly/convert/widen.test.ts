import { expect, test } from 'vitest';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { DTYPES_16, numberOf } from '../../support/sixteen-bits.ts';

test.each(DTYPES_16)('widen: every %s becomes its number, from bits of its own', (dtype) => {
  const memory = new KernelMemory(3 * 32768);
  const values = memory.floats(new Float32Array(65536));
  const bits = memory.bits(Uint16Array.from({ length: 65536 }, (_, i) => i));
  memory.run(
    (kernels) => kernels.widen(values.byteOffset, bits.byteOffset, 65536, dtype === 'bfloat16'),
    values,
  );
  expect(values.every((value, i) => Object.is(value, numberOf(i, dtype)))).toBe(true);
});

test.each(DTYPES_16)('widen: the bits may be the second half of the values: %s', (dtype) => {
  for (const count of [8, 16, 24, 40, 64, 1000]) {
    const memory = new KernelMemory(1000);
    const values = memory.floats(new Float32Array(count));
    const bits = new Uint16Array(values.buffer, values.byteOffset + 2 * count, count);
    const given = Uint16Array.from({ length: count }, (_, i) => (i * 40503) & 0x7bff);
    bits.set(given);
    memory.run(
      (kernels) => kernels.widen(values.byteOffset, bits.byteOffset, count, dtype === 'bfloat16'),
      values,
    );
    expect([...values]).toEqual(Array.from(given, (half) => numberOf(half, dtype)));
  }
});

test.each(DTYPES_16)('widen: a count between is rounded up to a multiple of 4: %s', (dtype) => {
  for (const count of [0, 1, 2, 3, 4, 5, 9, 31]) {
    const whole = Math.ceil(count / 4) * 4;
    const memory = new KernelMemory(100);
    const values = memory.floats(new Float32Array(whole).fill(-1));
    const bits = memory.bits(new Uint16Array(whole).fill(0x4000));
    memory.run(
      (kernels) => kernels.widen(values.byteOffset, bits.byteOffset, count, dtype === 'bfloat16'),
      values,
    );
    expect([...values]).toEqual(Array(whole).fill(2));
  }
});
