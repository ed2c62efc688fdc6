import type { Kernel } from '../kernels/control.ts';
import type { SharedInstances } from '../kernels/shared.ts';
import { F64 } from '../memory/sizes.ts';
import { PARTS } from './bytes.ts';
import type { AllKernels, Ways } from './calls.ts';
import type { Crew, Parameter } from './crew.ts';
import { CUTS } from './cuts.ts';
import type { Cut, Deal, Dealing, Numbers } from './deal.ts';
import { wayOf } from './ways.ts';

// An area holds as many lines or combinations as kernels touch of them, 4096, and a line of the
// cache more; or numbers of as many channels.
const AREA = 98368;
const AREAS = 8;

// Fewer elements are done sooner by one thread.
const LEAST = 49152;

// A piece of as many takes some 4 us, ten times what it costs to take it.
const LEAST_OF_PIECE = 16384;

/** The bytes that threads work in, beside the space for tensors. */
export function scratchSize(threads: number): number {
  return threads * AREAS * AREA + PARTS;
}

// The parameters whose product is the number of elements, with `groupSize` where rows have it.
const SIZES = ['samples', 'rows', 'columns', 'width', 'length', 'pixels', 'count'];

// Kernels that add to what is there.
const ADDING = /^add|^count/;

/** A kernel whose calls can be cut. */
interface Cuttable {
  /** The number by which all threads know it. */
  readonly kernel: number;
  readonly names: readonly (keyof Ways)[];
  /** The places of parameters whose product is the number of elements. */
  readonly sizes: readonly number[];
  readonly cut: Cut<never>;
}

function cuttableOf(kernel: number, list: string, cut: Cut<never>): Cuttable {
  const names = list.split(' ') as (keyof Ways)[];
  const isSize = (word: string) =>
    SIZES.includes(word) || (word === 'groupSize' && names.includes('length'));
  return { kernel, names, sizes: [...names.keys()].filter((i) => isSize(names[i] as string)), cut };
}

/** Those that do the pieces of rounds. */
export type AnyCrew = Pick<Crew, 'threads' | 'run'>;

/** What kernels are dealt out by. */
export class Job implements Dealing {
  readonly partsAt: number;
  readonly leastOfPiece: number;
  readonly #shared: SharedInstances;
  readonly #crew: AnyCrew;
  readonly #scratchAt: number;
  readonly #least: number;
  readonly #cuttable: ReadonlyMap<string, Cuttable>;

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
    this.#cuttable = new Map(
      Object.entries(CUTS).map(([name, [list, cut]]) => [
        name,
        cuttableOf(shared.numberOf(name), list, cut),
      ]),
    );
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

  own(area: number): Parameter {
    return [this.#scratchAt + area * AREA, 0, 0, AREAS * AREA];
  }

  numbers(at: number, count: number): Float64Array {
    return new Float64Array(this.#shared.memory.buffer, at, count);
  }

  integers(at: number, count: number): BigUint64Array {
    return new BigUint64Array(this.#shared.memory.buffer, at, count);
  }

  addParts(sums: number, count: number, from: number, parts: number, bytes: number): void {
    const step = bytes / F64;
    const total = this.numbers(sums, count);
    const values = this.numbers(from, parts * step);
    for (let part = 0; part < values.length; part += step) {
      for (let i = 0; i < count; i++) (total[i] as number) += values[part + i] as number;
    }
  }

  call<Name extends keyof AllKernels>(name: Name, ...parameters: Numbers<Name>): void {
    this.callByName(name, parameters);
  }

  /** Calls a kernel whose name is in no type. */
  callByName(name: string, values: readonly number[]): void {
    const found = this.#cuttable.get(name);
    if (!found || !this.#isWorth(found, values) || !this.#cut(name, found, values)) {
      (this.#shared.kernels[this.#shared.numberOf(name)] as Kernel)(...values);
    }
  }

  #isWorth({ sizes }: Cuttable, values: readonly number[]): boolean {
    let elements = 1;
    for (const i of sizes) elements *= values[i] as number;
    return elements >= this.#least && this.threads > 1;
  }

  /** @param given numbers, and flags, which some kernels take */
  #cut(name: string, { kernel, names, cut }: Cuttable, given: readonly number[]): boolean {
    const values = given.map(Number);
    const call: { -readonly [Name in keyof Ways]?: number } = {};
    names.forEach((word, i) => {
      call[word] = values[i] as number;
    });
    const deal: Deal = (pieces, elements, channels, own = {}, cleared = 0) => {
      const { y, dx = y, g, x } = call;
      const scratch = this.own(0);
      const parameters = names.map(
        (word, i) =>
          own[word] ?? wayOf(word, values[i] as number, pieces, elements, channels, scratch),
      );
      const repeatable = ADDING.test(name)
        ? cleared > 0
        : dx === undefined || (dx !== g && dx !== x);
      const { rows, columns } = pieces;
      this.#crew.run(this.#shared, { kernel, rows, columns, parameters, cleared, repeatable });
      return true;
    };
    // It has the names that the cut asks for, as the types of the table demand.
    return cut(call as never, deal, this);
  }
}
