import type { Redis } from 'ioredis';
import { Refusal } from '../files/refusal.ts';
import type { QueueAddress } from './address.ts';
import { type Broker, type BrokerEvents, CONNECT_TIMEOUT, loadPackage } from './broker.ts';

/** Opens a queue in Redis 7, which has to keep whatever is put into it. */
export async function openBroker(
  address: QueueAddress,
  { lost, found }: BrokerEvents,
): Promise<Broker> {
  const [{ FlowProducer, Queue, Worker }, { Redis }] = await loadPackage(
    () => Promise.all([import('bullmq'), import('ioredis')]),
    'bullmq ioredis',
  );
  await checkServer(Redis, address);
  const connection = new Redis(address.url, {
    connectTimeout: CONNECT_TIMEOUT,
    // A command waits for a server that is started again.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, 2_000),
  });
  connection.on('error', lost).on('ready', found);
  return {
    queue: (name) => new Queue(name, { connection }),
    flows: () => new FlowProducer({ connection }),
    worker: (name, processor, settings) => new Worker(name, processor, { ...settings, connection }),
    close: async () => connection.disconnect(),
  };
}

/** @throws Refusal where the server can't be reached, or evicts keys. */
async function checkServer(Client: typeof Redis, address: QueueAddress): Promise<void> {
  const trial = new Client(address.url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT,
    commandTimeout: CONNECT_TIMEOUT,
    retryStrategy: () => null,
    // Otherwise what refuses the login is told by an event, and the command fails without a reason.
    enableReadyCheck: false,
  });
  let told: Error | undefined;
  trial.on('error', (error) => {
    told ??= error;
  });
  try {
    await trial.connect();
    const memory = await trial.info('memory');
    const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
    if (policy !== undefined && policy !== 'noeviction') {
      throw new Refusal(
        `${address.shown}: drops keys when its memory is full (maxmemory-policy ${policy}), and ` +
          'jobs with them; expected the policy noeviction',
      );
    }
  } catch (error) {
    throw told ?? error;
  } finally {
    trial.disconnect();
  }
}
