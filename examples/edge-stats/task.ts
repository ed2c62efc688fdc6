/** What a message asks for, in less than 200 bytes. It may come twice, late, or never. */
export type Task = CountTask | FeedTask;

/** To count the pictures of a shard. */
export interface CountTask {
  readonly run: string;
  readonly shard: number;
}

/** To list more of the bucket, and to send the missing shards behind one. */
export interface FeedTask {
  readonly run: string;
  /** -1 for all shards. */
  readonly after: number;
}
