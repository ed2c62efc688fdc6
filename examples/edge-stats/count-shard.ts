import type { AnyImage } from 'wasm-norm';
import {
  DatasetStatistics,
  type DatasetStatisticsJSON,
} from '../../cli/src/statistics/dataset-statistics.ts';
import { decodeAllBits } from '../edge-worker/pictures/decode.ts';
import { formatOf, readHeader } from '../edge-worker/pictures/header.ts';
import { kindOf } from '../edge-worker/pictures/kinds.ts';
import { MAX_FILE_BYTES, MAX_PIXELS } from './limits.ts';
import type { Bucket } from './platform.ts';

/** What is known of the pictures of a shard. It survives JSON. */
export interface ShardResult {
  /** As the command line counts them. */
  readonly statistics: DatasetStatisticsJSON;
  /** How many of the pictures have a colour profile, which was left aside. */
  readonly profiled: number;
}

/**
 * Counts pictures, one after the other, as `wasm-norm stats` does. One that can't be decoded is
 * named.
 *
 * @throws what the bucket throws.
 */
export async function countShard(names: readonly string[], bucket: Bucket): Promise<ShardResult> {
  const statistics = new DatasetStatistics({ histograms: false });
  let profiled = 0;
  for (const name of names) {
    const file = await readFile(bucket, name);
    try {
      const { picture, hasProfile } = await decode(file);
      statistics.add(picture);
      if (hasProfile) profiled++;
    } catch (error) {
      statistics.addUnreadable(name, (error as Error).message);
    }
  }
  return { statistics: statistics.toJSON(), profiled };
}

/** Reads a file, or returns why there is none. */
async function readFile(bucket: Bucket, name: string): Promise<Uint8Array<ArrayBuffer> | string> {
  const object = await bucket.get(name);
  if (object === null) return 'no longer in the bucket';
  if (object.size <= MAX_FILE_BYTES) return new Uint8Array(await object.arrayBuffer());
  await object.body.cancel();
  return `${object.size} bytes, of at most ${MAX_FILE_BYTES}`;
}

/** @throws Error that says in one line why there is no picture. */
async function decode(
  file: Uint8Array<ArrayBuffer> | string,
): Promise<{ readonly picture: AnyImage; readonly hasProfile: boolean }> {
  if (typeof file === 'string') throw new Error(file);
  const format = formatOf(file);
  if (format === null) throw new Error(kindOf(file).name);
  try {
    const { width, height, hasProfile } = readHeader(file, format);
    if (width * height > MAX_PIXELS) {
      throw new Error(`${width} x ${height} pixels, of at most ${MAX_PIXELS}`);
    }
    return { picture: await decodeAllBits(file, format), hasProfile };
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new Error(`a ${format} that is not decoded: ${reason}`, { cause: error });
  }
}
