import type { AllKernels, Ways } from './calls.ts';
import type { Parameter } from './crew.ts';
import type { Cutting, Pieces } from './pieces.ts';

/** As many values as a kernel has parameters. */
type Each<Tuple extends readonly unknown[], Value> = { readonly [I in keyof Tuple]: Value };

/** A number for each parameter of a kernel. */
export type Numbers<Name extends keyof AllKernels> = Each<Parameters<AllKernels[Name]>, number>;

/** What cuts ask of a job. */
export interface Dealing extends Cutting {
  /** The address of what pieces leave behind. */
  readonly partsAt: number;
  /** Returns the address of an area of each thread's own, 0 to 7, of which a kernel may take several. */
  own(area: number): Parameter;
  /** Returns float64 that lie in the memory. */
  numbers(at: number, count: number): Float64Array;
  /** Returns uint64 that lie in the memory. */
  integers(at: number, count: number): BigUint64Array;
  /** Adds what `parts` pieces have left behind, `count` float64 every so many bytes, in their order. */
  addParts(sums: number, count: number, from: number, parts: number, bytes: number): void;
  /** Calls a kernel: by all threads where its work can be cut, and is worth it. */
  call<Name extends keyof AllKernels>(name: Name, ...parameters: Numbers<Name>): void;
}

/**
 * Does a call in pieces, and returns true.
 *
 * @param elements how many a unit of work has
 * @param channels how many lines, sums and weights it has
 * @param ways those of parameters that do not go the way of their names, as `waysOf` has it
 * @param cleared how many bytes from the first parameter on are set to 0 before a piece
 */
export type Deal = (
  pieces: Pieces,
  elements: number,
  channels: number,
  ways?: Ways,
  cleared?: number,
) => true;

/**
 * Does with all threads what a call of a kernel does, with the same bits; returns false, having
 * done nothing, where one thread should do it.
 */
export type Cut<OwnCall> = (call: OwnCall, deal: Deal, job: Dealing) => boolean;
