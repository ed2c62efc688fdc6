import type { DatasetStatisticsJSON } from '../../cli/src/statistics/dataset-statistics.ts';
import { load } from '../contestants/load-package.ts';
import {
  madeUpResult,
  madeUpShards,
  mergeResults,
  type ShardData,
} from '../problems/made-up-shards.ts';
import { startRedis } from './redis-server.ts';

/** What a queue costs beside the work. Times in seconds, memory in bytes. */
export interface QueueCost {
  readonly shards: number;
  /** To cut the manifest, hash it, and add its flow. */
  readonly submission: number;
  /** What Redis holds of the flow before it is worked on. */
  readonly memory: number;
  /** To hand out a shard and take its result, with four at work at once. */
  readonly handling: number;
  /** To read the results of all shards and merge them. */
  readonly merging: number;
}

// What this file uses of ioredis and BullMQ.
interface RedisConnection {
  info(section: 'memory'): Promise<string>;
  disconnect(): void;
}
type RedisClient = new (port: number, options: object) => RedisConnection;
interface Closable {
  close(): Promise<void>;
}
interface Job<Data> {
  readonly data: Data;
  getChildrenValues(): Promise<Readonly<Record<string, DatasetStatisticsJSON>>>;
}
interface BullMQ {
  readonly FlowProducer: new (options: {
    readonly connection: RedisConnection;
  }) => Closable & { add(tree: object): Promise<unknown> };
  readonly Worker: new <Data>(
    queue: string,
    work: (job: Job<Data>) => Promise<unknown>,
    options: { readonly connection: RedisConnection; readonly concurrency: number },
  ) => JobsWorker;
}
interface JobsWorker extends Closable {
  on(event: 'failed', listener: (job: unknown, error: Error) => void): unknown;
}

const SHARDS = 'shards';
const MERGES = 'merges';
const OPTIONS = { attempts: 3, backoff: { type: 'exponential', delay: 1_000 } };
const AT_ONCE = 4;

/**
 * Sends made-up shards through BullMQ and a Redis of its own: a flow whose parent merges and whose
 * children are the shards, each with its names.
 *
 * @throws Error where the merged moments are not those of all shards, each counted once.
 */
export async function queueCost(names: readonly string[], size: number): Promise<QueueCost> {
  const { FlowProducer, Worker } = await load<BullMQ>('bullmq');
  const { Redis: Client } = await load<{ readonly Redis: RedisClient }>('ioredis');
  const server = await startRedis();
  const connection = new Client(server.port, { maxRetriesPerRequest: null });
  const flows = new FlowProducer({ connection });
  const workers: JobsWorker[] = [];
  try {
    const empty = await memoryOf(connection);
    const begin = performance.now();
    const shards = madeUpShards(names, size);
    await flows.add(treeOf(shards));
    const added = performance.now();
    const memory = (await memoryOf(connection)) - empty;

    const start = performance.now();
    const { handled, merged, result } = await new Promise<Merge>((resolve, reject) => {
      const count = async ({ data }: Job<ShardData>) => madeUpResult(data);
      const merge = async (job: Job<null>) => {
        const handled = performance.now();
        const values = await job.getChildrenValues();
        const result = mergeResults(inOrder(values)).toJSON();
        resolve({ handled, merged: performance.now(), result });
      };
      const options = { connection, concurrency: AT_ONCE };
      workers.push(new Worker(SHARDS, count, options), new Worker(MERGES, merge, options));
      for (const worker of workers) worker.on('failed', (_, error) => reject(error));
    });
    if (JSON.stringify(result) !== JSON.stringify(mergeResults(shards.map(madeUpResult)))) {
      throw new Error('merged: expected the moments of all shards, each counted once');
    }
    return {
      shards: shards.length,
      submission: (added - begin) / 1e3,
      memory,
      handling: (handled - start) / 1e3 / shards.length,
      merging: (merged - handled) / 1e3,
    };
  } finally {
    await Promise.all([flows, ...workers].map((each) => each.close()));
    connection.disconnect();
    await server.stop();
  }
}

interface Merge {
  readonly handled: number;
  readonly merged: number;
  readonly result: DatasetStatisticsJSON;
}

function treeOf(shards: readonly ShardData[]): object {
  const flow = shards[0]?.flow;
  const children = shards.map((data) => ({
    name: 'count',
    queueName: SHARDS,
    data,
    opts: { ...OPTIONS, jobId: `${flow}-${data.index}`, ignoreDependencyOnFailure: true },
  }));
  const opts = { ...OPTIONS, jobId: flow };
  return { name: 'count', queueName: MERGES, data: null, opts, children };
}

/** Orders results by the shard that the key of each ends in. */
function inOrder(values: Readonly<Record<string, DatasetStatisticsJSON>>): DatasetStatisticsJSON[] {
  const indexOf = (key: string) => Number(key.slice(key.lastIndexOf('-') + 1));
  const entries = Object.entries(values).sort(([a], [b]) => indexOf(a) - indexOf(b));
  return entries.map(([, result]) => result);
}

async function memoryOf(connection: RedisConnection): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await connection.info('memory'))?.[1]);
}
