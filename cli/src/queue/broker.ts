import type { FlowProducer, Processor, Queue, Worker, WorkerOptions } from 'bullmq';

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

/** Milliseconds: a server that is silent for so long is not there. */
export const CONNECT_TIMEOUT = 5_000;

/** What a broker tells of its connection. */
export interface BrokerEvents {
  readonly lost: (error: Error) => void;
  readonly found: () => void;
}

// Of the system; of PostgreSQL the classes 08, a connection, and 57P, an operator's doing.
const LOST = /^(ECONN|EPIPE$|ETIMEDOUT$|EHOST|ENET|ENOTFOUND$|EAI_|08|57P)/;

/** Says whether an error is of the connection, and not of what was asked. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return LOST.test(code ?? '') || /^Connection (terminated|is closed)|timeout/.test(message);
}
