import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The fleet's configuration, as it is deployed. */
export const CONFIG: URL = new URL('../wrangler.json', import.meta.url);

/** A module of JavaScript. */
export interface Module {
  readonly path: string;
  readonly contents: string;
}

/** What a simulation has that a deployment does not. */
export interface SimulationOptions {
  /** A module in place of worker.js, which it may import. */
  readonly entry?: Module;
  /** Messages of a batch, in place of what wrangler.json says. */
  readonly batch?: number;
  /** The secret. */
  readonly token?: string;
}

/** The fleet, on this machine. */
export interface Simulation {
  readonly url: string;
  /** Puts a file into the bucket. */
  put(key: string, file: Uint8Array | string): Promise<void>;
  /** Asks for a path, with the secret; `GET /status?run=NAME`. */
  ask(request: string): Promise<Response>;
  stop(): Promise<void>;
}

interface Miniflare {
  readonly ready: Promise<URL>;
  getR2Bucket(binding: string): Promise<{
    put(key: string, file: Uint8Array | string): Promise<unknown>;
  }>;
  dispose(): Promise<void>;
}

interface Consumer {
  readonly maxBatchSize: number;
  readonly retryDelay: number;
}

interface Wrangler {
  unstable_getMiniflareWorkerOptions(config: string): {
    readonly workerOptions: { readonly queueConsumers: Readonly<Record<string, Consumer>> };
  };
}

const tools = createRequire(new URL('../../edge-worker/tools/', import.meta.url));

/**
 * Runs the fleet in workerd, with queues, a bucket and ledgers that miniflare simulates, all in
 * memory. What fails is tried again at once.
 *
 * @param folder what wrangler has written: worker.js and the modules that it imports
 */
export async function simulate(
  folder: string,
  { entry, batch, token = 'simulation' }: SimulationOptions = {},
): Promise<Simulation> {
  const { Miniflare } = tools('miniflare') as { Miniflare: new (options: object) => Miniflare };
  const wrangler = tools('wrangler') as Wrangler;
  const { workerOptions } = wrangler.unstable_getMiniflareWorkerOptions(fileURLToPath(CONFIG));
  const consumers = Object.entries(workerOptions.queueConsumers).map(([queue, consumer]) => [
    queue,
    { ...consumer, maxBatchSize: batch ?? consumer.maxBatchSize, retryDelay: 0 },
  ]);
  const simulation = new Miniflare({
    ...workerOptions,
    queueConsumers: Object.fromEntries(consumers),
    bindings: { TOKEN: token },
    modules: [...(entry ? [{ type: 'ESModule', ...entry }] : []), ...modulesOf(folder)],
    host: '127.0.0.1',
  });
  const { origin: url } = await simulation.ready;
  const bucket = await simulation.getR2Bucket('PICTURES');
  return {
    url,
    async put(key, file) {
      // It takes no Buffer.
      await bucket.put(key, typeof file === 'string' ? file : new Uint8Array(file));
    },
    ask(request) {
      const [method = '', path = ''] = request.split(' ');
      return fetch(url + path, { method, headers: { authorization: `Bearer ${token}` } });
    },
    stop: () => simulation.dispose(),
  };
}

function modulesOf(folder: string): object[] {
  const modules = readdirSync(folder).filter((name) => name.endsWith('.wasm'));
  return ['worker.js', ...modules].map((path) => ({
    type: path.endsWith('.js') ? 'ESModule' : 'CompiledWasm',
    path,
    contents: readFileSync(`${folder}/${path}`),
  }));
}
