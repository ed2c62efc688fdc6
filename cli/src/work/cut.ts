import type { JobName, Jobs, Shard } from './jobs.ts';

/** Pictures that a lane takes at once: the most that is lost of it when it is killed. */
export const PART: Readonly<Record<JobName, number>> = { count: 4, fit: 1, restyle: 1 };

/** Cuts the items of a shard into shards of a size, in their order. */
export function* cutIntoShards<Name extends JobName>(
  { job, options, items }: Shard<Name>,
  size: number,
): Generator<Shard<Name>> {
  for (let start = 0; start < items.length; start += size) {
    yield { job, options, items: items.slice(start, start + size) as Jobs[Name]['item'][] };
  }
}

/** Cuts a shard into what lanes take. */
export function cutIntoParts<Name extends JobName>(shard: Shard<Name>): Generator<Shard<Name>> {
  return cutIntoShards(shard, PART[shard.job]);
}
