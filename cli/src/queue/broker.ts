import type { FlowProducer, Processor, Queue, Worker, WorkerOptions } from 'bullmq';
import { Refusal } from '../files/refusal.ts';
import { type QueueAddress, safeReason } from './address.ts';

/** The jobs of a queue: what BullMQ's Queue can, on every server. */
export type JobsQueue = Pick<
  Queue,
  'getJob' | 'getJobState' | 'remove' | 'getWorkersCount' | 'add' | 'getWaiting' | 'close'
>;

/** What adds flows. */
export type Flows = Pick<FlowProducer, 'add' | 'close'>;

/** What works on jobs: what BullMQ's Worker can, on every server. */
export interface JobsWorker extends Pick<Worker, 'close' | 'cancelJob' | 'cancelAllJobs'> {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'stalled', listener: (id: string) => void): unknown;
  on(event: 'lockRenewalFailed', listener: (ids: string[]) => void): unknown;
}

/** How jobs are worked on. */
export type JobsWorkerOptions = Omit<WorkerOptions, 'connection'>;

/** A connection to a queue's server. */
export interface Broker {
  queue(name: string): JobsQueue;
  flows(): Flows;
  worker(name: string, processor: Processor, options: JobsWorkerOptions): JobsWorker;
  /** Ends the connection; what waits for an answer gets none. */
  close(): Promise<void>;
}

/** What a connection tells. It builds itself again. */
export interface ConnectionEvents {
  readonly lost: (reason: string) => void;
  readonly found: () => void;
}

/** Milliseconds: a server that is silent for so long is not there. */
export const CONNECT_TIMEOUT = 5_000;

/** What a broker tells of its connection. */
export interface BrokerEvents {
  readonly lost: (error: Error) => void;
  readonly found: () => void;
}

/**
 * Connects to a server that is fit to be a queue.
 *
 * @throws Refusal that names host and port where it can't be reached, refuses the login, or drops
 *   what it is to keep.
 */
export async function connect(
  address: QueueAddress,
  { lost, found }: ConnectionEvents,
): Promise<Broker> {
  try {
    const { openBroker } =
      address.broker === 'redis' ? await import('./redis.ts') : await import('./postgres.ts');
    return await openBroker(address, {
      lost: (error) => lost(safeReason(address, error)),
      found,
    });
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`${address.shown}: can't be used as a queue: ${safeReason(address, error)}`);
  }
}

// Of the system; of PostgreSQL the classes 08, a connection, and 57P, an operator's doing.
const LOST = /^(ECONN|EPIPE$|ETIMEDOUT$|EHOST|ENET|ENOTFOUND$|EAI_|08|57P)/;

/** Says whether an error is of the connection, and not of what was asked. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return LOST.test(code ?? '') || /^Connection (terminated|is closed)|timeout/.test(message);
}

/**
 * Loads a package that only users of queues install.
 *
 * @throws Refusal that says how to install it.
 */
export async function loadPackage<Module>(
  load: () => Promise<Module>,
  names: string,
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Refusal(`--queue: needs packages that are not there: npm install ${names}`);
  }
}
