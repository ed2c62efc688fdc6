import { loadPair, storePair } from '../core/lanes';

/** Bytes of the numbers of a row: a, b and a magnitude. */
const COMBINATION: usize = 24;

/**
 * Combines each row: dx = a * g + b * x, or dx = a * g + b * sign(x) for the elements of at least
 * a magnitude.
 *
 * @param dx (rows, length) float32; may be g or x
 * @param g (rows, length) float32
 * @param x (rows, length) float32
 * @param combinations (rows) times 3 float64: a, b, the magnitude
 * @param signs whether b multiplies signs
 */
export function combineVectors(
  dx: usize,
  g: usize,
  x: usize,
  combinations: usize,
  rows: usize,
  length: usize,
  signs: bool,
): void {
  for (; rows; rows--) {
    if (signs) combineSigns(dx, g, x, combinations, length);
    else combineElements(dx, g, x, combinations, length);
    dx += length << 2;
    g += length << 2;
    x += length << 2;
    combinations += COMBINATION;
  }
}

function combineElements(dx: usize, g: usize, x: usize, combination: usize, length: usize): void {
  const a = f64.load(combination, 0);
  const b = f64.load(combination, 8);
  const as = f64x2.splat(a);
  const bs = f64x2.splat(b);
  const end = x + (length << 2);
  for (; x + 16 <= end; x += 16) {
    const first = f64x2.add(f64x2.mul(loadPair(g), as), f64x2.mul(loadPair(x), bs));
    const second = f64x2.add(f64x2.mul(loadPair(g + 8), as), f64x2.mul(loadPair(x + 8), bs));
    storePair(dx, first);
    storePair(dx + 8, second);
    g += 16;
    dx += 16;
  }
  for (; x < end; x += 4) {
    f32.store(dx, <f32>(<f64>f32.load(g) * a + <f64>f32.load(x) * b));
    g += 4;
    dx += 4;
  }
}

function combineSigns(dx: usize, g: usize, x: usize, combination: usize, length: usize): void {
  const a = f64.load(combination, 0);
  const b = f64.load(combination, 8);
  const least = f64.load(combination, 16);
  const as = f64x2.splat(a);
  const bs = f64x2.splat(b);
  const leasts = f64x2.splat(least);
  const end = x + (length << 2);
  for (; x + 8 <= end; x += 8) {
    const pair = loadPair(x);
    const signed = v128.xor(bs, v128.and(pair, f64x2.splat(-0.0)));
    const taken = v128.and(signed, f64x2.ge(f64x2.abs(pair), leasts));
    storePair(dx, f64x2.add(f64x2.mul(loadPair(g), as), taken));
    g += 8;
    dx += 8;
  }
  if (x < end) {
    const value = <f64>f32.load(x);
    const taken = abs(value) >= least ? (value < 0 ? -b : b) : 0;
    f32.store(dx, <f32>(<f64>f32.load(g) * a + taken));
  }
}
