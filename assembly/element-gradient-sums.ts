import { fitsFloat32, highMean, highScale, narrowShift } from './apply';
import { scaledDifference } from './gradient-sums';
import { addWide, sumFour } from './lanes';
import { LINE } from './line';

// Bytes of a line in float32: [ high mean | scale | shift ].
const NARROW: usize = 12;

/**
 * Adds over the rows, element by element, to the sums of g and of g * z, g being the
 * gradient of the output and z = (x - mean) * scale + shift the normalized input.
 * Rows are taken four at a time: a matrix may be cut after any multiple of four and
 * gives the same bits.
 *
 * @param sums (columns) float64
 * @param products (columns) float64
 * @param g (rows, columns) float32
 * @param x (rows, columns) float32
 * @param lines (rows) lines
 * @param scratch 12 float32 to work in
 */
export function addElementGradientSums(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  lines: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
): void {
  const step = columns << 2;
  while (rows) {
    let count = min<usize>(rows, 4);
    let done: usize = 0;
    if (count === 4 && fourFitFloat32(lines)) {
      narrowFour(scratch, lines);
      addFourRows(sums, products, g, x, scratch, step);
      done = columns & ~3;
    }
    rows -= count;
    for (; count; count--) {
      const at = done << 2;
      addPart(sums + (at << 1), products + (at << 1), g + at, x + at, lines, columns - done);
      g += step;
      x += step;
      lines += LINE;
    }
  }
}

function fourFitFloat32(lines: usize): bool {
  return (
    fitsFloat32(lines) &&
    fitsFloat32(lines + LINE) &&
    fitsFloat32(lines + 2 * LINE) &&
    fitsFloat32(lines + 3 * LINE)
  );
}

/** Takes four lines apart into float32: of each the high mean, the scale and the shift. */
function narrowFour(narrow: usize, lines: usize): void {
  for (const end = lines + 4 * LINE; lines < end; lines += LINE) {
    f32.store(narrow, highMean(lines), 0);
    f32.store(narrow, highScale(lines), 4);
    f32.store(narrow, narrowShift(lines), 8);
    narrow += NARROW;
  }
}

/** Adds four rows as a tree in float32, then in float64. */
function addFourRows(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  narrow: usize,
  step: usize,
): void {
  for (const end = x + (step & ~15); x < end; x += 16) {
    const a = v128.load(g);
    const b = v128.load(g + step);
    const c = v128.load(g + 2 * step);
    const d = v128.load(g + 3 * step);
    const az = f32x4.mul(a, normalized(v128.load(x), narrow));
    const bz = f32x4.mul(b, normalized(v128.load(x + step), narrow + NARROW));
    const cz = f32x4.mul(c, normalized(v128.load(x + 2 * step), narrow + 2 * NARROW));
    const dz = f32x4.mul(d, normalized(v128.load(x + 3 * step), narrow + 3 * NARROW));
    addWide(sums, sumFour(a, b, c, d));
    addWide(products, sumFour(az, bz, cz, dz));
    g += 16;
    sums += 32;
    products += 32;
  }
}

/**
 * Returns what a narrow line makes of x, lane by lane. It is loaded anew each time,
 * as four lines don't fit the registers.
 */
function normalized(x: v128, narrow: usize): v128 {
  const highs = v128.load32_splat(narrow, 0);
  const scales = v128.load32_splat(narrow, 4);
  return f32x4.add(scaledDifference(x, highs, scales), v128.load32_splat(narrow, 8));
}

/** Adds elements of one row, in float64. */
function addPart(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  line: usize,
  length: usize,
): void {
  const mean = f64.load(line, 0);
  const scale = f64.load(line, 8);
  const shift = f64.load(line, 16);
  for (const end = g + (length << 2); g < end; g += 4) {
    const gradient = <f64>f32.load(g);
    const z = (<f64>f32.load(x) - mean) * scale + shift;
    f64.store(sums, f64.load(sums) + gradient);
    f64.store(products, f64.load(products) + gradient * z);
    sums += 8;
    products += 8;
    x += 4;
  }
}
