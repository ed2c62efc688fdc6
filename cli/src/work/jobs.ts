// What can be done with a shard of pictures: here, in a thread, or wherever shards are sent.

import type { ImageMomentsJSON } from 'wasm-norm';
import type { CountOptions } from '../shards/count.ts';
import type { RestyleOptions, RestyleTally, Restyling } from '../shards/restyle.ts';
import type { ShardWork } from '../shards/shard-work.ts';
import type { DatasetStatisticsJSON } from '../statistics/dataset-statistics.ts';
import type { FitOptions } from '../styles/fit-style.ts';

interface Job<Item, Options, Result> {
  readonly item: Item;
  readonly options: Options;
  readonly result: Result;
}

/** What each job takes and gives. */
export interface Jobs {
  readonly count: Job<string, CountOptions, DatasetStatisticsJSON>;
  readonly fit: Job<string, FitOptions, readonly ImageMomentsJSON[]>;
  readonly restyle: Job<Restyling, RestyleOptions, RestyleTally>;
}

/** The name of a job. */
export type JobName = keyof Jobs;

type Start<Name extends JobName> = (
  options: Jobs[Name]['options'],
) => ShardWork<Jobs[Name]['item'], Jobs[Name]['result']>;

/** A job loads when its first shard comes. */
const STARTS: { readonly [Name in JobName]: () => Promise<Start<Name>> } = {
  count: async () => (await import('../shards/count.ts')).countShard,
  fit: async () => (await import('../shards/fit.ts')).fitShard,
  restyle: async () => (await import('../shards/restyle.ts')).restyleShard,
};

/** Some pictures and what is to be done with them. It survives JSON. */
export interface Shard<Name extends JobName> {
  readonly job: Name;
  readonly options: Jobs[Name]['options'];
  readonly items: readonly Jobs[Name]['item'][];
  /** Why some items, by their index, are not worked on but named: each has ended its process. */
  readonly givenUp?: Readonly<Record<number, string>>;
}

/** How a shard reports, and is stopped. */
export interface ShardControl {
  /** Called after each picture. */
  readonly taken: () => void;
  readonly isStopped: () => boolean;
}

/**
 * Works on a shard. Where it is stopped, what it returns is of the pictures before.
 *
 * @throws Refusal where no picture of it could be worked on.
 */
export async function runShard<Name extends JobName>(
  { job, options, items, givenUp = {} }: Shard<Name>,
  { taken, isStopped }: ShardControl,
): Promise<Jobs[Name]['result']> {
  const start = await STARTS[job]();
  const work = start(options);
  for (const [index, item] of items.entries()) {
    if (isStopped()) break;
    const reason = givenUp[index];
    if (reason === undefined) await work.take(item);
    else work.giveUp(item, reason);
    taken();
  }
  return work.result();
}
