import { isObject } from '../checks/describe.ts';
import { checkCount, checkInterval, checkOptions } from '../checks/options.ts';
import { refuseKind } from '../checks/refuse.ts';
import { MAX_THREADS } from '../kernels/control.ts';
import { whyNotShared } from '../kernels/shared.ts';
import { createSpace } from '../memory/memory.ts';
import { Arena } from '../tensor/arena.ts';
import type { Crew } from './crew.ts';
import { createSharedSpace } from './shared-space.ts';
import { coresOf } from './threads.ts';

/** An address as a `URL` holds it. */
export interface WorkerUrl {
  /** The whole address. */
  readonly href: string;
}

/** Options of {@link SharedArena}. */
export interface SharedArenaOptions {
  /** How many threads work, the calling one included; by default as many as the host runs at once. */
  readonly threads?: number | undefined;
  /**
   * Where a page finds the program of the workers, the file `wasm-norm/worker`, if its policy
   * allows no worker from a blob: URL.
   */
  readonly workerUrl?: string | WorkerUrl | undefined;
}

/**
 * An arena in shared memory: calls on large tensors and pictures in it use several threads, and
 * give the same bits as on one.
 *
 * Every call stays synchronous. Workers start when the arena is made and join when they are ready;
 * until then, and where a host has no threads, the calling thread works alone. `threads` says how
 * many work, and `reason` why fewer than wanted.
 *
 * @example
 * import { instanceNorm, SharedArena } from 'wasm-norm';
 *
 * const arena = new SharedArena(4 * 8 * 64 * 56 * 56);
 * await arena.ready; // not needed: calls before it use the threads that are there
 * const x = arena.tensor([8, 64, 56, 56]);
 * instanceNorm(x, { out: x }); // on all of them
 * arena.close();
 */
export class SharedArena extends Arena {
  /** Resolves when all threads have joined, or it is known which can't; it is never rejected. */
  readonly ready: Promise<void>;
  readonly #crew: Crew | null;
  readonly #reason: string | null;

  /**
   * @param byteLength the capacity, as that of {@link Arena}
   * @throws TypeError, RangeError where an argument is of the wrong kind or value, or the host
   *   does not give so much memory.
   */
  constructor(byteLength: number, options: SharedArenaOptions = {}) {
    checkOptions(options, ['threads', 'workerUrl']);
    const { threads = Math.min(coresOf(), MAX_THREADS), workerUrl } = options;
    checkCount(threads, 'threads');
    checkInterval(threads, 'threads', 1, MAX_THREADS);
    const url = isObject(workerUrl) ? workerUrl.href : workerUrl;
    if (url !== undefined && typeof url !== 'string') {
      refuseKind('workerUrl', 'a string or URL', workerUrl);
    }
    const reason = threads === 1 ? null : whyNotShared();
    let crew: Crew | null = null;
    super(byteLength, (bytes) => {
      if (threads === 1 || reason !== null) return createSpace(bytes);
      const made = createSharedSpace(bytes, threads, url);
      crew = made.crew;
      return made.memory;
    });
    this.#crew = crew;
    this.#reason = reason;
    this.ready = (crew as Crew | null)?.ready ?? Promise.resolve();
    // Not every host knows the symbol.
    const { dispose } = Symbol as { readonly dispose?: symbol };
    if (dispose) Object.defineProperty(this, dispose, { value: () => this.close() });
  }

  /** How many threads work now, the calling one included. */
  get threads(): number {
    return this.#crew?.threads ?? 1;
  }

  /** Why fewer threads work than were wanted; null where all do, or may still join. */
  get reason(): string | null {
    return this.#crew?.reason ?? this.#reason;
  }

  /** Ends the workers. The arena and its tensors stay, and calls work on one thread. */
  close(): void {
    this.#crew?.close();
  }
}
