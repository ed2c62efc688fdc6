import { type AnyImage, tissueMask } from 'wasm-norm';
import { Refusal } from '../files/refusal.ts';
import { asBytes, readPicture } from '../pictures/read-picture.ts';
import { DatasetStatistics, type DatasetStatisticsJSON } from '../statistics/dataset-statistics.ts';
import type { ShardWork } from './shard-work.ts';

/** A picture to count. */
export interface CountedPicture {
  /** Where it lies. */
  readonly path: string;
  /** What it is called where it can't be read. */
  readonly name: string;
}

/** What is counted. */
export interface CountOptions {
  /** Whether only tissue counts. */
  readonly tissueOnly: boolean;
  readonly histograms: boolean;
}

/** Counts the pictures of a shard. One that can't be read is named. */
export function countShard({
  tissueOnly,
  histograms,
}: CountOptions): ShardWork<CountedPicture, DatasetStatisticsJSON> {
  const statistics = new DatasetStatistics({ histograms });
  return {
    async take({ path, name }) {
      try {
        const { image } = await readPicture(path);
        statistics.add(image, tissueOnly ? tissueOf(image) : null);
      } catch (error) {
        if (error instanceof Refusal) throw error;
        statistics.addUnreadable(name, (error as Error).message);
      }
    },
    result: () => statistics.toJSON(),
  };
}

function tissueOf(image: AnyImage): Uint8Array {
  return tissueMask(asBytes(image));
}
