import { type AnyImage, tissueMask } from 'wasm-norm';
import { Refusal } from '../files/refusal.ts';
import { asBytes, readPicture } from '../pictures/read-picture.ts';
import { DatasetStatistics, type DatasetStatisticsJSON } from '../statistics/dataset-statistics.ts';
import type { ShardWork } from './shard-work.ts';

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
}: CountOptions): ShardWork<string, DatasetStatisticsJSON> {
  const statistics = new DatasetStatistics({ histograms });
  return {
    async take(path) {
      try {
        const { image } = await readPicture(path);
        statistics.add(image, tissueOnly ? tissueOf(image) : null);
      } catch (error) {
        if (error instanceof Refusal) throw error;
        statistics.addUnreadable(path, (error as Error).message);
      }
    },
    giveUp: (path, reason) => statistics.addUnreadable(path, reason),
    result: () => statistics.toJSON(),
  };
}

function tissueOf(image: AnyImage): Uint8Array {
  return tissueMask(asBytes(image));
}
