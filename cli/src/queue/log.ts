import { type QueueAddress, safeReason } from './address.ts';

/** Facts of an event. */
export type Facts = Readonly<Record<string, string | number | null | undefined>>;

/** Writes events to standard output, one line of JSON each, without the secrets of the queue. */
export class Log {
  readonly #address: QueueAddress;

  constructor(address: QueueAddress) {
    this.#address = address;
  }

  info(event: string, facts: Facts = {}): void {
    this.#write('info', event, facts);
  }

  warn(event: string, facts: Facts = {}): void {
    this.#write('warn', event, facts);
  }

  error(event: string, error: unknown, facts: Facts = {}): void {
    this.#write('error', event, { ...facts, reason: safeReason(this.#address, error) });
  }

  #write(level: string, event: string, facts: Facts): void {
    const line = JSON.stringify({ time: new Date().toISOString(), level, event, ...facts });
    console.log(safeReason(this.#address, new Error(line)));
  }
}
