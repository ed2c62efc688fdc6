/** The most channels that have moments, a line, ... at once. */
export const MAX_CHANNELS = 4096;

/**
 * The most elements that pass through the scratch at once: 256 KB, which with its
 * source and destination stays in a core's second-level cache. A multiple of the
 * kernels' chunks, so that a row cut into tiles is summed as if it were whole.
 */
export const TILE_SIZE = 65536;

/** The most elements of strips that leave half of the scratch free. */
export const HALF_TILE: number = TILE_SIZE / 2;

/** The most elements that have a weight, a bias and sums of their own at once: those of a tile. */
export const MAX_ELEMENTS: number = TILE_SIZE;

/** Float64 of moments: count, mean, sum of squared deviations, rest of the mean. */
export const MOMENTS = 4;
/** Float64 of a line: mean, scale, shift. */
export const LINE = 3;
/** Float64 of a combination: of the gradient, of the normalized input, and a constant. */
export const COMBINATION = 3;

/** Bytes of a float64. */
export const F64 = 8;
/** Bytes of a float32. */
export const F32 = 4;
/** Bytes of a float16, and of a bfloat16. */
export const F16 = 2;
/** Bytes that the start of an array in a memory is a multiple of. */
export const ALIGNMENT = 64;
