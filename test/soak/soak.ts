import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Load } from './loads.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** The memory in use after some turns, with all garbage collected. */
export interface Sample {
  readonly turns: number;
  /** Bytes of objects and of array buffers, including WebAssembly memories. */
  readonly heap: number;
  /** Bytes of the process that are resident. */
  readonly resident: number;
}

/** How much memory grew from the first third of the samples, when everything is warm, to the last. */
export interface Growth {
  readonly heap: number;
  readonly resident: number;
}

// How much the engine may gather in compiled code and statistics, and the allocator may keep.
// A leak of a hundred bytes a call, or of one arena in ten, would be far more.
const MOST_HEAP = 2 * 2 ** 20;
const MOST_RESIDENT = 48 * 2 ** 20;

/** Runs a load for a number of turns or seconds, and samples memory meanwhile. */
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
    for (; done < next; done++) {
      const running = load.run(done);
      if (running) await running;
    }
    found.push(await sample(done));
  }
  return found;
}

async function sample(turns: number): Promise<Sample> {
  // Twice, since some garbage is only found in the next turn of the event loop.
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
