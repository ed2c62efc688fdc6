// Processors foresee fewer bytes without help, since they lie in few lines of the cache.
const MIN_BYTES: usize = 2048;

// More bytes would push the sums that they are added to out of the first-level cache.
const MAX_BYTES: usize = 8191;

/**
 * Loads a byte of each line of the cache, in order, before a loop goes through the same
 * bytes in strides. Processors foresee loads in order, but not loads in strides.
 */
export function prefetch(x: usize, bytes: usize): void {
  if (bytes < MIN_BYTES || bytes > MAX_BYTES) return;
  // A line of the cache has 64 bytes. The last bytes, fewer than 256, are not loaded ahead.
  for (const end = x + bytes; x + 256 <= end; x += 256) {
    load<u8>(x, 0);
    load<u8>(x, 64);
    load<u8>(x, 128);
    load<u8>(x, 192);
  }
}
