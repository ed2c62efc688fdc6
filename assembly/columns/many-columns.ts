/**
 * From this many columns on, a kernel goes through one row after the other, and below
 * through four at a time. Stores in strides of 512 bytes and more are three times slower
 * where the data has to come from memory.
 */
export const MANY_COLUMNS: usize = 128;
