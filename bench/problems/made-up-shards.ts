// Shards of a dataset that is not there: its names, and the moments that its pictures would have.

import { createHash } from 'node:crypto';
import {
  DatasetStatistics,
  type DatasetStatisticsJSON,
} from '../../cli/src/statistics/dataset-statistics.ts';

// Of a picture.
const PIXELS = 1_000_000n;
const BYTES = 150_000;

const LARGEST = 65535n;
const SPREAD = 9_000n;

/** The data of a shard's job, as a worker takes it. */
export interface ShardData {
  readonly flow: string;
  readonly index: number;
  readonly folder: string;
  readonly shard: {
    readonly job: 'count';
    readonly options: { readonly tissueOnly: false; readonly histograms: false };
    readonly items: readonly string[];
  };
  readonly bytes: number;
}

/** Makes names as long as those of ImageNet: 39 letters. */
export function madeUpNames(pictures: number): string[] {
  return Array.from({ length: pictures }, (_, i) => {
    const folder = `n${String(1_440_764 + Math.floor(i / 1300) * 1000).padStart(8, '0')}`;
    return `train/${folder}/${folder}_${String(i).padStart(9, '0')}.JPEG`;
  });
}

/** Cuts a manifest into shards, with an id that is the hash of it, the shard's size and the code. */
export function madeUpShards(names: readonly string[], size: number): ShardData[] {
  const hash = createHash('sha256').update(`${size} code`);
  for (const name of names) hash.update(`${name}\0${BYTES}\0`);
  const flow = `count-${hash.digest('hex').slice(0, 24)}`;
  const shards: ShardData[] = [];
  for (let start = 0; start < names.length; start += size) {
    const items = names.slice(start, start + size);
    const options = { tissueOnly: false, histograms: false } as const;
    const shard = { job: 'count', options, items } as const;
    const index = shards.length;
    shards.push({ flow, index, folder: '/data', shard, bytes: BYTES * items.length });
  }
  return shards;
}

/** Makes up what a shard's pictures come to; each shard has another mean. */
export function madeUpResult({ index, shard }: ShardData): DatasetStatisticsJSON {
  const pictures = shard.items.length;
  const pixels = BigInt(pictures) * PIXELS;
  const means = [0n, 1n, 2n].map((channel) => 20_000n + channel * 4_000n + BigInt(index % 1000));
  const squares = means.map((mean) => mean * mean + SPREAD * SPREAD);
  const times = (factor: bigint, values: readonly bigint[]) =>
    values.map((value) => String(factor * value));
  const fractions = (values: readonly bigint[], whole: bigint) =>
    values.map((value) => String(BigInt(pictures) * ((value << 64n) / whole)));
  return {
    pictures,
    unreadable: [],
    moments: {
      space: 'rgb',
      count: Number(pixels),
      sums: times(pixels, means),
      squares: times(pixels, squares),
    },
    means: {
      pictures,
      means: fractions(means, LARGEST),
      squares: fractions(squares, LARGEST * LARGEST),
    },
    histograms: null,
  };
}

/** Merges results in the order of the shards. */
export function mergeResults(results: readonly DatasetStatisticsJSON[]): DatasetStatistics {
  const statistics = new DatasetStatistics({ histograms: false });
  for (const result of results) statistics.merge(DatasetStatistics.fromJSON(result));
  return statistics;
}
