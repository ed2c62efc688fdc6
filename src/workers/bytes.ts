// Literals: a bundler keeps what is computed, also where nobody uses it.

/** Bytes of the moments of a channel. */
export const MOMENTS_BYTES = 32;
/** Bytes of a line. */
export const LINE_BYTES = 24;
/** Bytes of a combination. */
export const COMBINATION_BYTES = 24;
/** Bytes of what pieces leave behind: moments of as many as there may be. */
export const PARTS = 2097152;
