import type { ImageMomentsJSON } from 'wasm-norm';
import { Refusal } from '../files/refusal.ts';
import { type FitOptions, fitStyle } from '../styles/fit-style.ts';
import type { ShardWork } from './shard-work.ts';

/** Finds the moments of each picture of a shard. */
export function fitShard(options: FitOptions): ShardWork<string, readonly ImageMomentsJSON[]> {
  const fitted: ImageMomentsJSON[] = [];
  return {
    async take(path) {
      const moments = await fitStyle(path, options).catch((error) => {
        throw error instanceof Refusal ? error : new Refusal(`${path}: ${error.message}`);
      });
      fitted.push(moments.toJSON());
    },
    giveUp(path, reason) {
      throw new Refusal(`${path}: ${reason}`);
    },
    result: () => fitted,
  };
}
