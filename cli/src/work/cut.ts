import type { JobName, Jobs, Shard } from './jobs.ts';

/** Cuts the items of a job into shards of a size, in their order. */
export function* cutIntoShards<Name extends JobName>(
  { job, options, items }: Shard<Name>,
  size: number,
): Generator<Shard<Name>> {
  for (let start = 0; start < items.length; start += size) {
    yield { job, options, items: items.slice(start, start + size) as Jobs[Name]['item'][] };
  }
}
