/** The most channels that have a state, a line, ... at once. */
export const MAX_CHANNELS = 4096;

/**
 * The most elements that pass through the scratch at once: 256 KB, which with
 * its source and destination stays in a core's second-level cache. A multiple of
 * the kernels' chunks, so that a row cut into tiles is summed as if it were whole.
 */
export const TILE = 65536;

/** Float64 of a state: count, mean, sum of squared deviations, rest of the mean. */
export const STATE = 4;
/** Float64 of a line: mean, scale, shift. */
export const LINE = 3;
/** Float64 of a combination: of the gradient, of the normalized input, and a constant. */
export const COMBINATION = 3;

export const DOUBLE = 8;
export const SINGLE = 4;
export const ALIGNMENT = 64;
export const PAGE = 4096;
