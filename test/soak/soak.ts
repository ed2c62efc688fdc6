import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Load } from './loads.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is in use after so many turns, with all garbage collected. */
export interface Sample {
  readonly turns: number;
  /** Bytes of objects and of array buffers, WebAssembly's memories among them. */
  readonly heap: number;
  /** Bytes of the process that are in memory. */
  readonly resident: number;
}

/** By how much memory grew between a third of the samples, when all is warm, and the last. */
export interface Growth {
  readonly heap: number;
  readonly resident: number;
}

// What the engine itself may gather, in compiled code and statistics of its own, and what
// the allocator may keep: far less than a hundred bytes a call, or one arena in ten, would be.
const MOST_HEAP = 2 * 2 ** 20;
const MOST_RESIDENT = 48 * 2 ** 20;

/** Runs a load for so many turns, or seconds, and samples memory as it goes. */
export async function soak(
  load: Load,
  turns: number,
  seconds: number,
  samples: number,
): Promise<Sample[]> {
  const found: Sample[] = [];
  const end = performance.now() + seconds * 1000;
  const step = Math.ceil(turns / samples);
  for (let done = 0; done < turns && performance.now() < end; ) {
    const next = Math.min(turns, done + step);
    for (; done < next; done++) load.run(done);
    found.push(await sample(done));
  }
  return found;
}

async function sample(turns: number): Promise<Sample> {
  // Twice, since what is dropped may be seen to be only in the next turn.
  for (let i = 0; i < 2; i++) {
    await nextTurn();
    collectGarbage();
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { turns, heap: heapUsed + arrayBuffers, resident: rss };
}

export function growthOf(samples: readonly Sample[]): Growth {
  const warm = samples[Math.floor(samples.length / 3)];
  const last = samples.at(-1);
  if (warm === undefined || last === undefined || warm === last) {
    throw new Error(`expected samples before and after a warm-up, got ${samples.length}`);
  }
  return { heap: last.heap - warm.heap, resident: last.resident - warm.resident };
}

export function isLevel({ heap, resident }: Growth): boolean {
  return heap <= MOST_HEAP && resident <= MOST_RESIDENT;
}
