/**
 * Below this many rows gradients of columns are found in float64. Few elements do not average
 * out the rounding of float32, and of two nearly all cancels.
 */
export const FEW_ROWS: usize = 16;
