/** The results of a program that tests the library in its host. */
export interface Report {
  /** The number of seeded calls and of tests that passed. */
  readonly cases: number;
  readonly digest: string;
  readonly failures: readonly string[];
}
