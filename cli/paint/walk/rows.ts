/** A layer of a network, (height, width, channels) of one picture, that is found row by row. */
export interface Rows {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** How many rows are found at once; `read` is fastest from and to multiples of it. */
  readonly unit: number;
  /** The multiply-adds of finding all rows, from those of layers that are kept. */
  work(): number;
  /**
   * Finds the rows from `from` to before `to`, as float32 (rows, width, channels). What it returns
   * is valid until the next call, and may be written.
   *
   * It is fastest where each call begins at or a few rows before the end of the last one.
   */
  read(from: number, to: number): Float32Array;
}

/** The elements of a row. */
export function rowSize({ width, channels }: Rows): number {
  return width * channels;
}
