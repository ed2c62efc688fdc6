import type { Inputs } from '../problems/operation.ts';
import type { Problem } from '../problems/problem.ts';

/** One way of solving a problem. */
export interface Contestant {
  readonly name: string;
  /** Takes the inputs and allocates what it needs; never timed. */
  load(inputs: Inputs): void | Promise<void>;
  /** Computes once: this is timed. */
  call(): void | Promise<void>;
  /** Returns what the last call computed, in the reference's order; nothing if it only copies. */
  results(): readonly Float32Array[] | Promise<readonly Float32Array[]>;
  /** Times itself if it runs in another process; returns samples in seconds a call. */
  secondsPerCall?(seconds: number): Promise<number[]>;
  /** Frees what the garbage collector can't. */
  release?(): void | Promise<void>;
}

/** A library or program that enters the contest. */
export interface Team {
  /** Returns its contestants for a problem; none if it has no such operation. */
  enter(problem: Problem): readonly Contestant[];
  /** Ends its processes. */
  close?(): void;
}
