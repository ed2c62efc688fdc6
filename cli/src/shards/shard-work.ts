/** Work on the pictures of a shard, one after the other. */
export interface ShardWork<Item, Result> {
  take(item: Item): Promise<void>;
  /** Names a picture that can't be worked on. */
  giveUp(item: Item, reason: string): void;
  /** Returns what came of those that were taken. It survives JSON. */
  result(): Result;
}
