import { Refusal } from '../files/refusal.ts';
import { type QueueAddress, safeReason } from './address.ts';
import type { Broker } from './broker.ts';

/** What a connection tells. It builds itself again. */
export interface ConnectionEvents {
  readonly lost: (reason: string) => void;
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
