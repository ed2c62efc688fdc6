/** A runtime, or a way to build for one, and the program that it runs. */
export interface Row {
  readonly runtime: string;
  readonly version: string;
  /** Whether all threads of a shared arena have to join. */
  readonly hasThreads?: boolean;
  /** Runs the program and returns what it prints, the line of JSON of run.mjs. */
  readonly run: () => Promise<string>;
}
