// Which versions of the code serve a queue. Each has queues of its own; the names of all versions
// lie in one more, as jobs that nobody works on.

import type { Broker } from './broker.ts';
import { queueNames } from './flow.ts';

const VERSIONS = 'wasm-norm-versions';

/** Tells that this version serves a queue. */
export async function announceVersion(broker: Broker, version: string): Promise<void> {
  const queue = broker.queue(VERSIONS);
  await queue.add('version', version, { jobId: version });
  await queue.close();
}

/** Returns the workers of this version, and the other versions that have some. */
export async function findWorkers(
  broker: Broker,
  version: string,
): Promise<{ readonly workers: number; readonly others: readonly string[] }> {
  const queue = broker.queue(VERSIONS);
  const known = (await queue.getWaiting()).map(({ data }) => String(data));
  await queue.close();
  const others: string[] = [];
  for (const other of known) {
    if (other !== version && (await countWorkers(broker, other)) > 0) others.push(other);
  }
  return { workers: await countWorkers(broker, version), others };
}

async function countWorkers(broker: Broker, version: string): Promise<number> {
  const queue = broker.queue(queueNames(version).shards);
  try {
    return await queue.getWorkersCount();
  } finally {
    await queue.close();
  }
}
