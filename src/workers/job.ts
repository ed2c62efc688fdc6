import type { Gradients } from '../kernels/compiled-gradients.ts';
import type { Kernels } from '../kernels/compiled-kernels.ts';
import type { Pixels } from '../kernels/compiled-pixels.ts';
import type { Kernel } from '../kernels/control.ts';
import type { SharedInstances } from '../kernels/shared.ts';
import type { Crew, Parameter } from './crew.ts';
import type { Cutting, Pieces } from './pieces.ts';

// An area holds as many lines or combinations as kernels touch of them, 4096, and a line of the
// cache more; or numbers of as many channels.
const AREA = 98368;
const AREAS = 8;

/** Bytes of what pieces leave behind: moments of as many as there may be. */
export const PARTS = 2097152;

// Fewer elements are done sooner by one thread.
const LEAST = 49152;

// A piece of as many takes some 4 us, ten times what it costs to take it.
const LEAST_OF_PIECE = 16384;

type AllKernels = Kernels & Gradients & Pixels;

/** As many values as a kernel has parameters. */
type Each<Tuple extends readonly unknown[], Value> = { readonly [I in keyof Tuple]: Value };

type ParametersOf<Name extends keyof AllKernels, Value> = Each<Parameters<AllKernels[Name]>, Value>;

/** The bytes that threads work in, beside the space for tensors. */
export function scratchSize(threads: number): number {
  return threads * AREAS * AREA + PARTS;
}

/** How a round differs from the usual one. */
export interface RoundOptions {
  /** How many bytes from the first parameter on are set to 0 before a piece. */
  readonly cleared?: number;
  /** Whether a piece can be done again, should its thread die: not if it writes over what it reads. */
  readonly repeatable?: boolean;
}

/** Those that do the pieces of rounds. */
export type AnyCrew = Pick<Crew, 'threads' | 'run'>;

/** What kernels are dealt out by. */
export class Job implements Cutting {
  /** The address of what pieces leave behind. */
  readonly partsAt: number;
  readonly leastOfPiece: number;
  readonly #shared: SharedInstances;
  readonly #crew: AnyCrew;
  readonly #scratchAt: number;
  readonly #least: number;

  /**
   * @param scratchAt the address of {@link scratchSize} bytes
   * @param least the least elements that are dealt out
   * @param leastOfPiece the least elements of a piece
   */
  constructor(
    shared: SharedInstances,
    crew: AnyCrew,
    scratchAt: number,
    least: number = LEAST,
    leastOfPiece: number = LEAST_OF_PIECE,
  ) {
    this.#shared = shared;
    this.#crew = crew;
    this.#least = least;
    this.leastOfPiece = leastOfPiece;
    this.#scratchAt = scratchAt + PARTS;
    this.partsAt = scratchAt;
  }

  /** How many threads there are to deal pieces to. */
  get threads(): number {
    return this.#crew.threads;
  }

  /** Says whether work on so many elements is worth more than one thread. */
  isWorth(elements: number): boolean {
    return elements >= this.#least && this.#crew.threads > 1;
  }

  /** Returns the address of an area of each thread's own, 0 to 7, of which a kernel may take several. */
  own(area: number): Parameter {
    return [this.#scratchAt + area * AREA, 0, 0, AREAS * AREA];
  }

  /** Returns float64 that lie in the memory. */
  numbers(at: number, count: number): Float64Array {
    return new Float64Array(this.#shared.memory.buffer, at, count);
  }

  /** Returns uint64 that lie in the memory. */
  integers(at: number, count: number): BigUint64Array {
    return new BigUint64Array(this.#shared.memory.buffer, at, count);
  }

  /** Calls a kernel for all pieces. */
  round<Name extends keyof AllKernels>(
    name: Name,
    { rows, columns }: Pick<Pieces, 'rows' | 'columns'>,
    parameters: ParametersOf<Name, Parameter>,
    { cleared = 0, repeatable = true }: RoundOptions = {},
  ): void {
    const kernel = this.#shared.numberOf(name);
    this.#crew.run(this.#shared, { kernel, rows, columns, parameters, cleared, repeatable });
  }

  /** Calls a kernel on this thread alone. */
  alone<Name extends keyof AllKernels>(
    name: Name,
    ...parameters: ParametersOf<Name, number>
  ): void {
    (this.#shared.kernels[this.#shared.numberOf(name)] as Kernel)(...parameters);
  }
}
