// How the elements of a row are cut for their sums.

/**
 * Elements of a row that are summed together. Chunks are counted from the start of the
 * row, so the order of additions depends on nothing but the position in the row. A row
 * that is cut at any multiple of CHUNK_ELEMENTS gives the same bits.
 */
export const CHUNK_ELEMENTS: usize = 16384;

/** Bytes of a row that are added in float32 before their sum is added in float64. */
export const BLOCK_BYTES: usize = 256;

/**
 * The most elements whose moments are summed in float64 throughout. They are too few for
 * the rounding of float32 to average out.
 */
export const MAX_SHORT_ELEMENTS: usize = 256;

// Elements of all columns that are summed together.
const COLUMN_CHUNK_ELEMENTS: usize = 65536;

/**
 * Returns how many rows of a matrix of columns are summed together. Chunks are counted from the
 * first row, so a matrix that is cut after any multiple of these rows gives the same bits.
 */
export function columnChunkRows(columns: usize): usize {
  return max<usize>(1, COLUMN_CHUNK_ELEMENTS / columns);
}
