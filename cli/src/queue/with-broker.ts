import { Refusal } from '../files/refusal.ts';
import { type QueueAddress, safeReason } from './address.ts';
import type { Broker } from './broker.ts';
import { codeVersion } from './code-version.ts';
import { connect } from './connect.ts';
import { tellOnce } from './losses.ts';

/**
 * Connects a command to a queue, and ends the connection after it.
 *
 * @throws Refusal without secrets, of whatever goes wrong in the queue.
 */
export async function withBroker<Result>(
  address: QueueAddress,
  use: (broker: Broker, version: string) => Promise<Result>,
): Promise<Result> {
  const version = await codeVersion();
  const connection = tellOnce({
    lost: (reason) => console.error(`${address.shown}: is lost, and waited for: ${reason}`),
    found: () => console.error(`${address.shown}: is found`),
  });
  const broker = await connect(address, connection);
  try {
    return await use(broker, version);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`${address.shown}: ${safeReason(address, error)}`);
  } finally {
    await broker.close();
  }
}
