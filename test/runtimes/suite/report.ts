/** The results of a program that tests the library in its host. */
export interface Report {
  /** The number of seeded calls and of tests that passed. */
  readonly cases: number;
  readonly digest: string;
  /** How many threads worked in a shared arena. */
  readonly threads: number;
  readonly failures: readonly string[];
}
