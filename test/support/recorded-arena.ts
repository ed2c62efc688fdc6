import { Instances, PAGE, type Source } from '../../src/kernels/modules.ts';
import { Memory, useSpace } from '../../src/memory/memory.ts';
import { MAX_CHANNELS } from '../../src/memory/sizes.ts';
import { Arena } from '../../src/tensor/arena.ts';

// At which of its arguments each kernel is given sizes, and not addresses.
const SIZES: Readonly<Record<string, readonly number[]>> = {
  addColumnGradientSums: [5, 6],
  addColumnMoments: [2, 3],
  addElementGradientSums: [8, 9],
  addElementSums: [6, 7, 8, 9],
  addGradientSums: [5, 6, 7, 8],
  addMoments: [2, 3, 4, 5],
  addNorms: [2, 3, 4],
  addProducts: [3, 4],
  applyColumns: [3, 4, 5],
  applyElements: [5, 6],
  applyRows: [3, 4, 5, 6],
  combineColumns: [5, 6, 7],
  combineRows: [6, 7, 8, 9],
  combineVectors: [4, 5],
  countAtLeast: [3, 4],
  differentiateColumns: [10, 11, 12, 13, 14, 15],
  differentiateRows: [9, 10, 11, 12],
  findPieceSums: [5, 6],
  gather: [3, 4, 5],
  makeCombinations: [6, 7, 9],
  makeGivenLines: [5, 6, 7, 8],
  makeLines: [4, 5, 7, 8],
  mergeMoments: [2, 3, 4],
  mergePieceSums: [7, 8],
  narrow: [2],
  normalizeColumns: [9, 10, 11, 12, 13, 14],
  normalizeRows: [6, 7, 8, 9],
  normalizeTiles: [8, 9, 10, 11, 12],
  scatter: [3, 4, 5],
  transpose: [2, 3, 4, 5],
  widen: [2],
};

/** An arena whose kernels are written down as they are called. */
export interface RecordedArena {
  readonly arena: Arena;
  /**
   * Returns what kernels are called meanwhile, each with the sizes that it is given, and after how
   * often: `'makeLines 5 1 5 1, 3 applyRows 5 37 5 0'`.
   */
  callsOf(work: () => void): string;
}

/**
 * Makes an arena whose kernels are written down.
 *
 * @param threads how many there seem to be, to work on strips of as many elements as they need
 */
export function recordedArena(byteLength: number, threads = 1): RecordedArena {
  const calls: string[] = [];
  const create = (bytes: number) => new RecordedInstances(bytes, threads, calls);
  return {
    arena: new Arena(byteLength, (bytes) => {
      const tiles = threads === 1 ? 1 : 2 * threads;
      return useSpace(new Memory(bytes, MAX_CHANNELS, create, tiles));
    }),
    callsOf(work) {
      calls.length = 0;
      work();
      return listed(calls);
    },
  };
}

class RecordedInstances extends Instances {
  readonly #calls: string[];
  readonly #recorded = new Map<Source, WebAssembly.Exports>();

  override readonly threads: number;

  constructor(byteLength: number, threads: number, calls: string[]) {
    const pages = Math.ceil(byteLength / PAGE);
    super(new WebAssembly.Memory({ initial: pages, maximum: pages }));
    this.threads = threads;
    this.#calls = calls;
  }

  override exportsOf(source: Source): WebAssembly.Exports {
    const found = this.#recorded.get(source);
    if (found) return found;
    const recorded: WebAssembly.Exports = {};
    for (const [name, kernel] of Object.entries(super.exportsOf(source))) {
      if (typeof kernel !== 'function') continue;
      recorded[name] = (...given: unknown[]) => {
        const sizes = (SIZES[name] ?? []).map((at) => given[at]);
        this.#calls.push([name, ...sizes].join(' '));
        return Reflect.apply(kernel, undefined, given);
      };
    }
    this.#recorded.set(source, recorded);
    return recorded;
  }

  /** Kernels that are called by others are not written down. */
  override importsOf({ called }: Source): WebAssembly.Imports {
    const env = { memory: this.memory };
    return called ? { env, kernels: super.exportsOf(called) } : { env };
  }
}

// So many calls in a row are looked for as a block that comes again.
const LONGEST_BLOCK = 16;

/** Lists calls, and in brackets those that come again and again, after how often they do. */
function listed(calls: readonly string[]): string {
  const parts: string[] = [];
  for (let at = 0; at < calls.length; ) {
    const { size, times } = blockAt(calls, at);
    const block = calls.slice(at, at + size);
    if (times === 1) parts.push(...block);
    else parts.push(`${times} ${size === 1 ? block[0] : `(${listed(block)})`}`);
    at += size * times;
  }
  return parts.join(', ');
}

/** Finds the block that covers most calls from one on, and how often it comes there. */
function blockAt(calls: readonly string[], at: number): { size: number; times: number } {
  let best = { size: 1, times: 1 };
  for (let size = 1; size <= LONGEST_BLOCK; size++) {
    let end = at + size;
    while (end < calls.length && calls[end] === calls[end - size]) end++;
    const times = Math.floor((end - at) / size);
    if (times > 1 && times * size > best.times * best.size) best = { size, times };
  }
  return best;
}
