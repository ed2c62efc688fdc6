/** What a program finds out about the library in its host. */
export interface Report {
  /** Tests and seeded calls that went well. */
  readonly cases: number;
  readonly digest: string;
  readonly failures: readonly string[];
}
