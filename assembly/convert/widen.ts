import { widenBfloat16 } from './bfloat16';
import { widenFloat16 } from './float16';

/**
 * Widens elements of 16 bits to float32, exactly. `count` is rounded up to a multiple of 4.
 *
 * @param values (count) float32; the bits may be its second half
 * @param bits (count) float16 or bfloat16
 */
export function widen(values: usize, bits: usize, count: usize, isBfloat16: bool): void {
  const end = bits + (count << 1);
  if (isBfloat16) {
    for (; bits < end; bits += 8, values += 16) {
      v128.store(values, widenBfloat16(loadHalves(bits)));
    }
  } else {
    for (; bits < end; bits += 8, values += 16) {
      v128.store(values, widenFloat16(loadHalves(bits)));
    }
  }
}

/** Loads four elements of 16 bits into lanes of 32, with zeros above them. */
function loadHalves(x: usize): v128 {
  // The debug build watches every kind of access except this one, so it makes another.
  if (!ASC_NO_ASSERT) f64.load(x);
  return v128.load16x4_u(x);
}
