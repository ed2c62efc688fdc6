import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Waits for the user, or the system, to stop the process; the second signal stops it at once. */
export class Interruption {
  #signal: (typeof SIGNALS)[number] | null = null;
  #arrive: () => void = () => {};
  /** Resolves once a signal has come. */
  readonly arrival: Promise<void> = new Promise((resolve) => {
    this.#arrive = resolve;
  });
  readonly #onSignal = (signal: (typeof SIGNALS)[number]): void => {
    this.#signal = signal;
    this.#arrive();
    this.end();
  };

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  get came(): boolean {
    return this.#signal !== null;
  }

  /** What a shell shows for a process that the signal has ended. */
  get exitCode(): number {
    return this.#signal === null ? 0 : 128 + constants.signals[this.#signal];
  }

  /** Waits no longer. */
  end(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }
}
