// Fewer bytes than this are in few enough lines of the cache to be foreseen; more would
// push what they are added to out of the first level.
const LEAST: usize = 2048;
const MOST: usize = 8191;

/**
 * Loads a byte of each line of the cache, in order, for a loop that then goes through
 * them in strides: processors foresee the one and not the other.
 */
export function prefetch(x: usize, bytes: usize): void {
  if (bytes < LEAST || bytes > MOST) return;
  // A line has 64 bytes. What is left at the end will do without.
  for (const end = x + bytes; x + 256 <= end; x += 256) {
    load<u8>(x, 0);
    load<u8>(x, 64);
    load<u8>(x, 128);
    load<u8>(x, 192);
  }
}
