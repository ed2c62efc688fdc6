/** How far a contestant was off on a kind of data. */
export interface Errors {
  /** The worst |y - y*| / max(1, |y*|) over the rows without a NaN. */
  readonly worst: number;
  /** The rows with a NaN in the result. */
  readonly rowsOfNaN: number;
}

export interface KindFinding {
  readonly kind: string;
  /** The rows of finite numbers: those that have a result. */
  readonly rows: number;
  /** By contestant. */
  readonly errors: Readonly<Record<string, Errors>>;
}

/** What was found of an operation, on every kind of data. */
export interface OperationFinding {
  readonly operation: string;
  readonly kinds: readonly KindFinding[];
}

/** What was found by the mean in standard deviations. */
export interface MeanFinding {
  readonly ratio: number;
  readonly finding: KindFinding;
}
