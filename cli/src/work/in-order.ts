import type { JobName, Jobs, Shard } from './jobs.ts';

/** Where a shard is worked on, one at a time. */
export interface Lane {
  run<Name extends JobName>(shard: Shard<Name>): Promise<Jobs[Name]['result']>;
}

/** How many shards are begun before the first of them has ended, for each lane. */
const AHEAD = 4;

/**
 * Works on shards and gives their results in the order of the shards, whichever lane comes first:
 * so the number of lanes changes no result. Results that wait for their turn are few.
 *
 * @param isStopped where it says so no further shard is begun
 * @throws Refusal of the first shard that has one.
 */
export async function* resultsInOrder<Name extends JobName>(
  shards: Iterable<Shard<Name>>,
  lanes: readonly Lane[],
  isStopped: () => boolean,
): AsyncGenerator<Jobs[Name]['result'], void> {
  const dealer = new Dealer(lanes);
  const rest = shards[Symbol.iterator]();
  const begun: Promise<Jobs[Name]['result']>[] = [];
  try {
    for (;;) {
      while (begun.length < lanes.length * AHEAD && !isStopped()) {
        const next = rest.next();
        if (next.done) break;
        const result = dealer.run(next.value);
        // It is told when its turn comes.
        result.catch(() => {});
        begun.push(result);
      }
      const first = begun.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    // After a refusal no lane is left at work.
    dealer.close();
    await Promise.allSettled(begun);
  }
}

/** Gives each shard to the first lane that is free. */
class Dealer {
  readonly #free: Lane[];
  readonly #waiting: { readonly go: (lane: Lane) => void; readonly stop: () => void }[] = [];

  constructor(lanes: readonly Lane[]) {
    this.#free = [...lanes];
  }

  async run<Name extends JobName>(shard: Shard<Name>): Promise<Jobs[Name]['result']> {
    const lane = this.#free.pop() ?? (await this.#wait());
    try {
      return await lane.run(shard);
    } finally {
      const next = this.#waiting.shift();
      if (next) next.go(lane);
      else this.#free.push(lane);
    }
  }

  /** Gives out nothing more. */
  close(): void {
    for (const { stop } of this.#waiting.splice(0)) stop();
  }

  #wait(): Promise<Lane> {
    return new Promise((go, reject) => {
      this.#waiting.push({ go, stop: () => reject(new Error('not begun')) });
    });
  }
}
