// Roots by IEEE arithmetic alone. Math.cbrt and Math.pow may differ between engines, and
// results must not.

// The marks let a bundle without pictures leave these out.
const buffer: ArrayBuffer = /* @__PURE__ */ new ArrayBuffer(4);
const float: Float32Array = /* @__PURE__ */ new Float32Array(buffer);
const bits: Int32Array = /* @__PURE__ */ new Int32Array(buffer);

/**
 * Returns the cube root, within 2 units in the last place of a float64.
 *
 * A third of the exponent, taken from the bits of the float32, is right to 4%;
 * each of Halley's steps triples the digits.
 *
 * @param x from 2^-126 to 2^127, or 0
 */
export function cubeRoot(x: number): number {
  if (x === 0) return 0;
  float[0] = x;
  bits[0] = (bits[0] as number) / 3 + 709921077;
  let root = float[0] as number;
  for (let i = 0; i < 3; i++) {
    const cube = root * root * root;
    root *= (cube + 2 * x) / (2 * cube + x);
  }
  return root;
}

/** Returns the fifth root by Newton's method, from above. @param x from 0.01 to 1 */
export function fifthRoot(x: number): number {
  let root = 1;
  for (let i = 0; i < 20; i++) root = (4 * root + x / (root * root * root * root)) / 5;
  return root;
}
