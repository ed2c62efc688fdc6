// Rows whose columns are taken at once: as many as fill lines of the cache where they go.
const BLOCK: usize = 16;

/**
 * Makes columns rows.
 *
 * @param y (columns, rows) float32, each row so many elements after the one before
 * @param x (rows, columns) float32, likewise
 * @param yStride elements from a row of y to the next
 * @param xStride elements from a row of x to the next
 */
export function transpose(
  y: usize,
  x: usize,
  rows: usize,
  columns: usize,
  yStride: usize,
  xStride: usize,
): void {
  const step = xStride << 2;
  while (rows) {
    const taken = min(rows, BLOCK);
    transposeBlock(y, x, taken, columns, step, yStride << 2);
    y += taken << 2;
    x += taken * step;
    rows -= taken;
  }
}

function transposeBlock(
  y: usize,
  x: usize,
  rows: usize,
  columns: usize,
  step: usize,
  yStep: usize,
): void {
  const end = x + (columns << 2);
  for (; x + 16 <= end; x += 16) {
    let from = x;
    let to = y;
    let left = rows;
    for (; left >= 4; left -= 4) {
      transposeFour(to, from, step, yStep);
      from += step << 2;
      to += 16;
    }
    for (; left; left--) {
      for (let i: usize = 0; i < 4; i++) f32.store(to + i * yStep, f32.load(from + (i << 2)));
      from += step;
      to += 4;
    }
    y += yStep << 2;
  }
  for (; x < end; x += 4) {
    for (let i: usize = 0; i < rows; i++) f32.store(y + (i << 2), f32.load(x + i * step));
    y += yStep;
  }
}

/**
 * Transposes four rows of four.
 *
 *     a   [ a0 | a1 | a2 | a3 ]        [ a0 | b0 | c0 | d0 ]
 *     b   [ b0 | b1 | b2 | b3 ]   ->   [ a1 | b1 | c1 | d1 ]
 *     ...                              ...
 */
function transposeFour(y: usize, x: usize, step: usize, yStep: usize): void {
  const a = v128.load(x);
  const b = v128.load(x + step);
  const c = v128.load(x + 2 * step);
  const d = v128.load(x + 3 * step);
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(y, v128.shuffle<f64>(abLow, cdLow, 0, 2));
  v128.store(y + yStep, v128.shuffle<f64>(abLow, cdLow, 1, 3));
  v128.store(y + 2 * yStep, v128.shuffle<f64>(abHigh, cdHigh, 0, 2));
  v128.store(y + 3 * yStep, v128.shuffle<f64>(abHigh, cdHigh, 1, 3));
}
