// Rows and columns of a row-major matrix.

export function rowsOf<Values extends Float32Array | Float64Array>(
  values: Values,
  length: number,
): Values[] {
  return Array.from(
    { length: values.length / length },
    (_, row) => values.subarray(row * length, (row + 1) * length) as Values,
  );
}

export function columnsOf(values: Float32Array, columns: number): Float32Array[] {
  return Array.from({ length: columns }, (_, column) =>
    new Float32Array(values.length / columns).map(
      (_, row) => values[row * columns + column] as number,
    ),
  );
}

/** For each p below `period`, the elements of rows p, p + period, p + 2 period and so on. */
export function rowsByPeriod(values: Float32Array, length: number, period: number): number[][] {
  const together: number[][] = Array.from({ length: period }, () => []);
  rowsOf(values, length).forEach((row, i) => {
    together[i % period]?.push(...row);
  });
  return together;
}

/** Lays the rows of a matrix `stride` elements apart, with 7 between them. */
export function rowsApart(values: Float32Array, columns: number, stride: number): Float32Array {
  const rows = values.length / columns;
  const apart = new Float32Array(rows * stride).fill(7);
  for (let row = 0; row < rows; row++) {
    apart.set(values.subarray(row * columns, (row + 1) * columns), row * stride);
  }
  return apart;
}
