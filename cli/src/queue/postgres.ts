import type { Client, PoolConfig } from 'pg';
import { loadPackage } from '../files/load-package.ts';
import type { QueueAddress } from './address.ts';
import { type Broker, type BrokerEvents, CONNECT_TIMEOUT } from './broker.ts';

/** Opens a queue in PostgreSQL 13 or later, in a schema of its own, which it makes. */
export async function openBroker(address: QueueAddress, { lost }: BrokerEvents): Promise<Broker> {
  const [{ createPostgresBackend, FlowProducer, Queue, runMigrations, Worker }, { default: pg }] =
    await loadPackage(() => Promise.all([import('bullmq'), import('pg')]), '--queue', 'bullmq pg');
  const connection = {
    connectionString: address.url,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    // Of each queue: a server has 100 for all.
    max: 2,
  } satisfies PoolConfig;
  const trial: Client = new pg.Client(connection);
  trial.on('error', () => {});
  await trial.connect();
  try {
    await runMigrations(trial);
  } finally {
    await trial.end();
  }
  return {
    queue: (name) => new Queue(name, { connection }, createPostgresBackend).on('error', lost),
    flows: () => new FlowProducer({ connection }, createPostgresBackend).on('error', lost),
    worker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection }, createPostgresBackend),
    // Each of them has connections of its own.
    close: async () => {},
  };
}
