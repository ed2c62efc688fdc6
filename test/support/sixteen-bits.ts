// Numbers of 16 bits by their definition, in float64.

import { Tensor } from '../../src/index.ts';
import { sizeOf } from './shapes.ts';

export type Dtype16 = 'float16' | 'bfloat16';

export const DTYPES_16: readonly Dtype16[] = ['float16', 'bfloat16'];

/** The bits of the fraction, and what is added to the exponent. */
const FORMATS: Readonly<Record<Dtype16, { readonly fraction: number; readonly bias: number }>> = {
  float16: { fraction: 10, bias: 15 },
  bfloat16: { fraction: 7, bias: 127 },
};

/** NaN as the library writes it. */
export const NAN = 0xffff;

/** Returns the bits of infinity, beyond which all are NaN. */
export function infinityOf(dtype: Dtype16): number {
  const { fraction, bias } = FORMATS[dtype];
  return (2 * bias + 1) * 2 ** fraction;
}

/** Returns the number that bits stand for. */
export function numberOf(bits: number, dtype: Dtype16): number {
  const { fraction, bias } = FORMATS[dtype];
  const sign = bits & 0x8000 ? -1 : 1;
  const magnitude = bits & 0x7fff;
  const exponent = magnitude >> fraction;
  const part = magnitude % 2 ** fraction;
  if (exponent === 2 * bias + 1) return part === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * part * 2 ** (1 - bias - fraction);
  return sign * (2 ** fraction + part) * 2 ** (exponent - bias - fraction);
}

/** Returns the bits of the nearest number, of two the even one. */
export function nearestBits(value: number, dtype: Dtype16): number {
  const { fraction, bias } = FORMATS[dtype];
  if (Number.isNaN(value)) return NAN;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size === Number.POSITIVE_INFINITY) return sign + infinityOf(dtype);
  let exponent = 1 - bias;
  while (exponent < bias + 1 && 2 ** (exponent + 1) <= size) exponent++;
  const units = size / 2 ** (exponent - fraction);
  const bits = roundToEven(units) + (exponent + bias - 1) * 2 ** fraction;
  return sign + Math.min(bits, infinityOf(dtype));
}

function roundToEven(value: number): number {
  const lower = Math.floor(value);
  const rest = value - lower;
  if (rest === 0.5) return lower + (lower % 2);
  return rest < 0.5 ? lower : lower + 1;
}

/** Returns the values of bits. */
export function widened(bits: ArrayLike<number>, dtype: Dtype16): Float32Array {
  return Float32Array.from(bits, (half) => numberOf(half, dtype));
}

/** Returns the bits of values, each rounded. */
export function rounded(values: ArrayLike<number>, dtype: Dtype16): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, (value) => nearestBits(value, dtype));
}

/** Makes a tensor of the nearest numbers. */
export function tensor16(
  values: ArrayLike<number>,
  shape: readonly number[],
  dtype: Dtype16,
): Tensor<Uint16Array> {
  return new Tensor(rounded(values, dtype), shape, { dtype });
}

/** Makes a tensor of zeros. */
export function zeros16(shape: readonly number[], dtype: Dtype16): Tensor<Uint16Array> {
  return new Tensor(new Uint16Array(sizeOf(shape)), shape, { dtype });
}
