// Sizes on both sides of every place where a kernel changes its loop.

/** Every length up to two rounds of 64 elements and a tail. */
export const SHORT_LENGTHS: readonly number[] = Array.from({ length: 150 }, (_, i) => i + 1);

/** Also around 256 and 512, where moments are found in other ways, and around chunks of 16384. */
export const LENGTHS: readonly number[] = [
  ...SHORT_LENGTHS,
  ...[255, 256, 257, 300, 511, 512, 513, 777],
  ...[16383, 16384, 16385, 32769],
];

/** Up to four vectors of columns, and around 128: from there on rows are taken one after the other. */
export const COLUMNS: readonly number[] = [
  ...Array.from({ length: 17 }, (_, i) => i + 1),
  32,
  33,
  127,
  128,
  130,
];

/** Around trees of 4 and 8 rows, around 16, below which gradients are in float64, and blocks of 32. */
export const FEW_ROWS: readonly number[] = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65];

/** Also around 256, up to which columns are short, and more than the 1985 of a chunk of 33 columns. */
export const ROWS: readonly number[] = [...FEW_ROWS, 128, 129, 256, 257, 300, 4001];
