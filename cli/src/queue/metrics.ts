import { createServer, type Server } from 'node:http';
import { reasonOf } from '../files/reason.ts';
import { Refusal } from '../files/refusal.ts';

/** What is counted, by the name that Prometheus gives it. */
const COUNTERS = {
  wasm_norm_pictures_total: 'Pictures that were worked on, those of repeated shards again.',
  wasm_norm_bytes_total: 'Bytes of the files of shards that were done.',
  wasm_norm_shards_total: 'Shards that were done.',
  wasm_norm_shard_seconds_total: 'Seconds that the shards took that were done.',
  wasm_norm_shard_failures_total: 'Attempts at a shard that failed.',
  wasm_norm_shards_lost_total: 'Shards that another worker took over, this one being silent.',
  wasm_norm_shards_returned_total: 'Shards that were given back at a stop.',
  wasm_norm_processes_ended_total: 'Processes that ended in the middle of a picture.',
  wasm_norm_merges_total: 'Flows whose shards were merged.',
} as const;

/** The name of a counter. */
export type Counter = keyof typeof COUNTERS;

/** What a worker has done since its start, in the text format of Prometheus. */
export class Metrics {
  readonly #counts = new Map<Counter, number>();

  add(counter: Counter, amount = 1): void {
    this.#counts.set(counter, (this.#counts.get(counter) ?? 0) + amount);
  }

  toString(): string {
    return Object.entries(COUNTERS)
      .map(
        ([name, help]) =>
          `# HELP ${name} ${help}\n# TYPE ${name} counter\n` +
          `${name} ${this.#counts.get(name as Counter) ?? 0}\n`,
      )
      .join('');
  }
}

/**
 * Serves `/metrics`, and `/health` for who asks whether the process is there.
 *
 * @param port 0 for any that is free
 * @throws Refusal where the port can't be had.
 */
export async function serveMetrics(metrics: Metrics, port: number): Promise<Server> {
  const server = createServer(({ url }, response) => {
    if (url === '/metrics') {
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
      response.end(String(metrics));
    } else {
      response.statusCode = url === '/health' ? 200 : 404;
      response.end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, resolve);
  }).catch((error) => {
    throw new Refusal(`--metrics: port ${port} can't be had: ${reasonOf(error)}`);
  });
  return server;
}
