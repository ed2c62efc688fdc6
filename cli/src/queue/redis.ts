import type { Redis } from 'ioredis';
import { loadPackage } from '../files/load-package.ts';
import { Refusal } from '../files/refusal.ts';
import type { QueueAddress } from './address.ts';
import { type Broker, type BrokerEvents, CONNECT_TIMEOUT } from './broker.ts';

/** What ioredis says of a connection that the server has closed. */
const CLOSED = 'Connection is closed.';

/** Opens a queue in Redis 7, which has to keep whatever is put into it. */
export async function openBroker(
  address: QueueAddress,
  { lost, found }: BrokerEvents,
): Promise<Broker> {
  const [{ FlowProducer, Queue, Worker }, { Redis }] = await loadPackage(
    () => Promise.all([import('bullmq'), import('ioredis')]),
    '--queue',
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
    // Errors that nobody listens to are printed, with the password among the command's arguments.
    queue: (name) => new Queue(name, { connection }).on('error', lost),
    flows: () => new FlowProducer({ connection }).on('error', lost),
    worker: (name, processor, settings) => new Worker(name, processor, { ...settings, connection }),
    close: async () => connection.disconnect(),
  };
}

/** @throws Refusal where the server drops keys; Error where it can't be reached. */
async function checkServer(Client: typeof Redis, address: QueueAddress): Promise<void> {
  const trial = new Client(address.url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT,
    retryStrategy: () => null,
    // Otherwise what refuses the login is told by an event, and the command fails without a reason.
    enableReadyCheck: false,
  });
  const told: Error[] = [];
  trial.on('error', (error) => told.push(error));
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const error = new Error(`no answer in ${CONNECT_TIMEOUT / 1_000} s: timed out`);
    timer = setTimeout(reject, CONNECT_TIMEOUT, error);
  });
  try {
    const memory = await Promise.race([trial.connect().then(() => trial.info('memory')), silence]);
    const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
    if (policy !== undefined && policy !== 'noeviction') {
      throw new Refusal(
        `${address.shown}: drops keys when its memory is full (maxmemory-policy ${policy}), and ` +
          'jobs with them; expected the policy noeviction',
      );
    }
  } catch (error) {
    const first: NodeJS.ErrnoException = told[0] ?? (error as Error);
    const { code, message } = first;
    const isClosed = code === 'EPIPE' || code === 'ECONNRESET' || message === CLOSED;
    throw isClosed ? new Error('it closes the connection; has it too many clients?') : first;
  } finally {
    clearTimeout(timer);
    trial.disconnect();
  }
}
