// How each kind of host starts a thread. None of their types is in every library of types, so they
// are written as far as they are used.

/** What a crew hears of a thread. */
export interface ThreadEvents {
  /** It waits for work. */
  joined(): void;
  /** It ended, or was never started. */
  ended(reason: string): void;
}

/** A thread that runs the program of workers. */
export type StartThread = (orders: unknown, events: ThreadEvents) => void;

interface NodeWorker {
  on(event: string, listener: (value: unknown) => void): void;
  postMessage(message: unknown): void;
  unref(): void;
}

interface Host {
  readonly process?: { getBuiltinModule?(name: string): unknown };
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: { readonly hardwareConcurrency?: number };
}

const host = globalThis as Host;

function builtIn(name: string): unknown {
  return host.process?.getBuiltinModule?.(name);
}

/** Returns how many threads the host runs at once. */
export function coresOf(): number {
  const os = builtIn('node:os') as { availableParallelism?(): number } | undefined;
  return os?.availableParallelism?.() ?? host.navigator?.hardwareConcurrency ?? 1;
}

/**
 * Returns the ways to start threads here, the best first.
 *
 * @param workerUrl where a page finds the program of workers, if its policy forbids blobs
 */
export function waysToStart(text: string, workerUrl: string | undefined): StartThread[] {
  const ways: StartThread[] = [];
  const node = builtIn('node:worker_threads') as { Worker: unknown } | undefined;
  if (node) ways.push((orders, events) => startInNode(node.Worker, text, orders, events));
  if (host.crossOriginIsolated) {
    ways.push((orders, events) => {
      const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
      const settled = () => URL.revokeObjectURL(url);
      startInPage(url, orders, {
        joined: () => [settled(), events.joined()],
        ended: (reason) => [settled(), events.ended(reason)],
      });
    });
    if (workerUrl) ways.push((orders, events) => startInPage(workerUrl, orders, events));
  }
  return ways;
}

function startInNode(Worker: unknown, text: string, orders: unknown, events: ThreadEvents): void {
  const url = new URL(`data:text/javascript,${encodeURIComponent(text)}`);
  // Without these the host's preloads would run in every worker, and some of its flags would make
  // the constructor throw.
  const options = { execArgv: [], env: {} };
  const worker: NodeWorker = new (Worker as new (url: URL, options: object) => NodeWorker)(
    url,
    options,
  );
  let reason = 'a worker ended';
  worker.on('error', (error) => {
    reason = `a worker failed: ${error instanceof Error ? error.message : error}`;
  });
  worker.on('exit', () => events.ended(reason));
  worker.on('message', () => {
    // From here on the program may end without it.
    worker.unref();
    events.joined();
  });
  worker.postMessage(orders);
}

function startInPage(url: string, orders: unknown, events: ThreadEvents): void {
  const worker = new Worker(url);
  worker.onmessage = () => events.joined();
  worker.onerror = (event) => {
    event.preventDefault();
    const said = event.message
      ? `: ${event.message}`
      : ', as a policy without worker-src blob: does';
    events.ended(`the page refused a worker${said}`);
  };
  worker.postMessage(orders);
}
