/** A runtime, or a way of building for one, and the program that it is given. */
export interface Row {
  readonly runtime: string;
  readonly version: string;
  /** Runs the program and returns what it prints: a line of JSON as run.mjs writes it. */
  readonly run: () => Promise<string>;
}
