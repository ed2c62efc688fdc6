/**
 * Copies the elements at some places of each row, which then lie side by side.
 *
 * @param y (rows, length) float32
 * @param x rows of float32, `stride` from the first element of one to that of the next
 * @param list (length) uint32, the places
 */
export function gather(
  y: usize,
  x: usize,
  list: usize,
  rows: usize,
  length: usize,
  stride: usize,
): void {
  const end = list + (length << 2);
  for (; rows; rows--, x += stride << 2) {
    for (let at = list; at < end; at += 4, y += 4)
      f32.store(y, f32.load(x + (load<usize>(at) << 2)));
  }
}
