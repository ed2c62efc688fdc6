// bfloat16: the upper half of a float32.

/** Widens four bfloat16, each in the lower half of its lane, exactly. */
export function widenBfloat16(x: v128): v128 {
  return i32x4.shl(x, 16);
}

/** Rounds eight float32 to bfloat16. */
export function narrowBfloat16(a: v128, b: v128): v128 {
  return i16x8.narrow_i32x4_s(rounded(a), rounded(b));
}

/** Returns four bfloat16, each a whole number in its lane. */
function rounded(x: v128): v128 {
  // Half a unit in the last place; 1 less where the last bit is 0, so that a tie stays below.
  const odd = i32x4.shr_u(i32x4.shl(x, 15), 31);
  const sum = i32x4.add(i32x4.add(x, i32x4.splat(0x7fff)), odd);
  return i32x4.shr_s(v128.or(sum, f32x4.ne(x, x)), 16);
}
