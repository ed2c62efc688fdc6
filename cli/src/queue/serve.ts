// A worker: it takes shards from a queue and works on them, and merges what others have done.

import type { Job } from 'bullmq';
import { Refusal } from '../files/refusal.ts';
import { Interruption } from '../work/interruption.ts';
import type { Jobs } from '../work/jobs.ts';
import { type QueueAddress, safeReason } from './address.ts';
import { type Broker, isConnectionLost, type JobsWorker } from './broker.ts';
import { codeVersion } from './code-version.ts';
import { type ConnectionEvents, connect } from './connect.ts';
import {
  indexOf,
  type MergeData,
  type Merged,
  MOST_LOSSES,
  type QueuedJob,
  queueNames,
  type ShardData,
} from './flow.ts';
import { Log } from './log.ts';
import { tellOnce } from './losses.ts';
import { mergeShards } from './merge.ts';
import { Metrics, serveMetrics } from './metrics.ts';
import { type PictureLimits, ProcessLane } from './process-lane.ts';
import { announceVersion } from './versions.ts';
import { workOnShard } from './work-on-shard.ts';

/** How a worker serves. */
export interface ServeOptions {
  /** Pictures that are worked on at once. */
  readonly threads: number;
  readonly limits: PictureLimits;
  /** Seconds of silence after which another worker takes a shard over. */
  readonly lock: number;
  /** Seconds that a shard at work has to end after a signal, before it is given back. */
  readonly grace: number;
  /** The port of the metrics; null for none. */
  readonly metrics: number | null;
}

/** Milliseconds that a connection has to end. */
const FAREWELL = 2_000;

/**
 * Serves a queue until SIGINT or SIGTERM comes. The shard at work is then brought to its end, or
 * given back after the grace period; a second signal stops at once.
 *
 * @throws Refusal where the queue or the metrics' port can't be had.
 */
export async function serve(address: QueueAddress, options: ServeOptions): Promise<void> {
  const log = new Log(address);
  const metrics = new Metrics();
  const interruption = new Interruption();
  const version = await codeVersion();
  const server = options.metrics === null ? null : await serveMetrics(metrics, options.metrics);
  let broker: Broker | null = null;
  try {
    const connection = tellOnce({
      lost: (reason) => log.warn('queue-lost', { reason }),
      found: () => log.info('queue-found'),
    });
    broker = await connect(address, connection);
    await announceVersion(broker, version);
    const lanes = openLanes(address, options, log, metrics);
    const workers = startWorkers({
      address,
      broker,
      connection,
      version,
      options,
      log,
      metrics,
      lanes,
    });
    log.info('started', { version, queue: address.shown, threads: options.threads });
    await interruption.arrival;
    log.info('stopping', { grace: options.grace });
    await drain(workers, options.grace);
    for (const lane of lanes) lane.stop();
    log.info('stopped');
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // Whatever it is of, its parts may hold the password.
    throw new Refusal(`${address.shown}: ${safeReason(address, error)}`);
  } finally {
    if (broker !== null) await isDoneWithin(broker.close(), FAREWELL);
    server?.close();
  }
}

/** Lets the jobs at work come to their end, for some seconds, and gives back what has not. */
async function drain(workers: readonly Served[], grace: number): Promise<void> {
  const drained = Promise.all(workers.map(({ worker }) => worker.close()));
  if (await isDoneWithin(drained, grace * 1_000)) return;
  for (const { giveBack } of workers) giveBack();
  await isDoneWithin(drained, FAREWELL);
}

function openLanes(
  { secrets }: QueueAddress,
  { threads, limits }: ServeOptions,
  log: Log,
  metrics: Metrics,
): ProcessLane[] {
  const events = {
    taken: () => metrics.add('wasm_norm_pictures_total'),
    ended: (reason: string, output: string) => {
      metrics.add('wasm_norm_processes_ended_total');
      log.warn('process-ended', { reason, output: output === '' ? undefined : output });
    },
  };
  const environment = Object.entries(process.env).filter(
    ([, value = '']) => !secrets.some((secret) => value.includes(secret)),
  );
  return Array.from(
    { length: threads },
    () => new ProcessLane(limits, events, Object.fromEntries(environment)),
  );
}

interface Workplace {
  readonly address: QueueAddress;
  readonly broker: Broker;
  readonly connection: ConnectionEvents;
  readonly version: string;
  readonly options: ServeOptions;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly lanes: readonly ProcessLane[];
}

interface Served {
  readonly worker: JobsWorker;
  /** Stops the job at work, for another worker to take. */
  readonly giveBack: () => void;
}

/** Starts what takes shards, one at a time, and beside it what merges. */
function startWorkers(place: Workplace): readonly Served[] {
  const { address, broker, connection, version, options, log, metrics, lanes } = place;
  const names = queueNames(version);
  const settings = {
    lockDuration: options.lock * 1_000,
    stalledInterval: options.lock * 500,
    maxStalledCount: MOST_LOSSES,
    // Milliseconds until it asks again after the server was lost.
    runRetryDelay: 1_000,
    drainDelay: 2,
  };
  let isGivenBack = false;

  async function takeShard(
    job: Job<ShardData>,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Jobs[QueuedJob]['result'] | null> {
    connection.found();
    const { flow, index, shard, bytes } = job.data;
    const facts = { flow, shard: index, pictures: shard.items.length };
    const start = performance.now();
    log.info('shard-begun', { ...facts, attempt: job.attemptsStarted });
    try {
      const result = await workOnShard(job.data, lanes, signal as AbortSignal);
      const seconds = (performance.now() - start) / 1_000;
      metrics.add('wasm_norm_shards_total');
      metrics.add('wasm_norm_bytes_total', bytes);
      metrics.add('wasm_norm_shard_seconds_total', seconds);
      log.info('shard-done', { ...facts, seconds: Number(seconds.toFixed(3)) });
      return result;
    } catch (error) {
      if (isGivenBack) {
        metrics.add('wasm_norm_shards_returned_total');
        log.info('shard-returned', facts);
        await job.moveToWait(token);
        throw new (await import('bullmq')).WaitingError();
      }
      if (signal?.aborted) metrics.add('wasm_norm_shards_lost_total');
      else metrics.add('wasm_norm_shard_failures_total');
      log.error(signal?.aborted ? 'shard-lost' : 'shard-failed', error, facts);
      throw error;
    }
  }

  async function merge(job: Job<MergeData>): Promise<Merged<QueuedJob>> {
    const { data, id: flow = '' } = job;
    const values = await job.getChildrenValues<Jobs[QueuedJob]['result']>();
    const reasons = await job.getIgnoredChildrenFailures();
    const merged = mergeShards(data.job, data.shards, byIndex(values), byIndex(reasons));
    metrics.add('wasm_norm_merges_total');
    log.info('flow-merged', { flow, shards: data.shards, failed: merged.failed.length });
    return merged;
  }

  const started = [
    broker.worker(names.shards, takeShard, settings),
    broker.worker(names.merges, merge, settings),
  ];
  return started.map((worker) => {
    worker.on('error', (error) => {
      if (isConnectionLost(error)) connection.lost(safeReason(address, error));
      else log.error('queue-error', error);
    });
    worker.on('stalled', (id) => log.warn('shard-taken-over', { job: id }));
    // Another worker has the job by now: what is done here would be thrown away.
    worker.on('lockRenewalFailed', (lost) => {
      for (const id of lost) worker.cancelJob(id, 'its worker was silent for too long');
    });
    return {
      worker,
      giveBack() {
        isGivenBack = true;
        worker.cancelAllJobs();
      },
    };
  });
}

function byIndex<Value>(values: Readonly<Record<string, Value>>): Map<number, Value> {
  return new Map(Object.entries(values).map(([key, value]) => [indexOf(key), value]));
}

/** Says whether something ends within some milliseconds; its error is an end too. */
async function isDoneWithin(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  const done = work.then(
    () => true,
    () => true,
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
