/**
 * Does one piece of work at a time. What is asked for meanwhile waits, and only
 * the latest of it is done: a queue can't build up.
 */
export class Latest<Request> {
  readonly #work: (request: Request) => Promise<void>;
  #waiting: { readonly request: Request } | null = null;
  #isBusy = false;

  /** @param work must not reject */
  constructor(work: (request: Request) => Promise<void>) {
    this.#work = work;
  }

  ask(request: Request): void {
    this.#waiting = { request };
    if (!this.#isBusy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting) {
      const { request } = this.#waiting;
      this.#waiting = null;
      await this.#work(request);
    }
    this.#isBusy = false;
  }
}
