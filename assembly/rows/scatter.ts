/**
 * Copies elements that lie side by side to some places of each row.
 *
 * @param y rows of float32, `stride` from the first element of one to that of the next
 * @param x (rows, length) float32; 0: all are 0
 * @param list (length) uint32, the places
 */
export function scatter(
  y: usize,
  x: usize,
  list: usize,
  rows: usize,
  length: usize,
  stride: usize,
): void {
  const end = list + (length << 2);
  for (; rows; rows--, y += stride << 2) {
    if (x) {
      for (let at = list; at < end; at += 4, x += 4)
        f32.store(y + (load<usize>(at) << 2), f32.load(x));
    } else {
      for (let at = list; at < end; at += 4) f32.store(y + (load<usize>(at) << 2), 0);
    }
  }
}
