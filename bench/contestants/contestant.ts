import type { Inputs } from '../problems/operation.ts';
import type { Problem } from '../problems/problem.ts';

/** One way of solving a problem. */
export interface Contestant {
  readonly name: string;
  /** Takes the inputs in, and allocates what it needs; never timed. */
  load(inputs: Inputs): void | Promise<void>;
  /** Computes once: this is timed. */
  call(): void | Promise<void>;
  /** What the last call computed, in the order of the reference; nothing where it only copies. */
  results(): readonly Float32Array[] | Promise<readonly Float32Array[]>;
  /** Times itself, where it runs in another process: samples in seconds a call. */
  secondsPerCall?(seconds: number): Promise<number[]>;
  /** Gives back what the collector can't. */
  release?(): void | Promise<void>;
}

/** A library or program that enters the contest. */
export interface Team {
  /** Its contestants for a problem; none where it has no such operation. */
  enter(problem: Problem): readonly Contestant[];
  /** Ends its processes. */
  close?(): void;
}
