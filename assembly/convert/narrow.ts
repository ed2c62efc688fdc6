import { narrowBfloat16 } from './bfloat16';
import { narrowFloat16 } from './float16';

/**
 * Rounds float32 to 16 bits, to the nearest, and of two to the even one. `count` is rounded up
 * to a multiple of 8. NaN becomes NaN, of all bits 1.
 *
 * @param bits (count) float16 or bfloat16; may begin where the values do
 * @param values (count) float32
 */
export function narrow(bits: usize, values: usize, count: usize, isBfloat16: bool): void {
  const end = bits + (count << 1);
  if (isBfloat16) {
    for (; bits < end; bits += 16, values += 32) {
      v128.store(bits, narrowBfloat16(v128.load(values, 0), v128.load(values, 16)));
    }
  } else {
    for (; bits < end; bits += 16, values += 32) {
      v128.store(bits, narrowFloat16(v128.load(values, 0), v128.load(values, 16)));
    }
  }
}
