import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const { default: workerd } = createRequire(import.meta.url)('workerd') as { default: string };

/** A service that runs in workerd. */
export interface Service {
  readonly url: string;
  /** The process of workerd. */
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/**
 * Serves a bundle from workerd on this machine alone.
 *
 * @param folder what wrangler has written: worker.js and the modules that it imports
 * @param port 0 for any that is free
 * @throws Error where workerd ends before it listens.
 */
export async function serve(folder: string, port: number): Promise<Service> {
  const file = `${folder}/config.capnp`;
  writeFileSync(file, configOf(folder, port));
  const child = spawn(workerd, ['serve', file, '--control-fd=3'], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const ended = once(child, 'exit');
  const events = createInterface(child.stdio[3] as Readable);
  const listening = once(events, 'line').then(([line]) => JSON.parse(line) as { port: number });
  const failed = ended.then(([code]) => {
    throw new Error(`workerd ended with ${code} before it listened`);
  });
  const { port: found } = await Promise.race([listening, failed]);
  return {
    url: `http://127.0.0.1:${found}`,
    pid: child.pid as number,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

function configOf(folder: string, port: number): string {
  const settings = readFileSync(new URL('../wrangler.json', import.meta.url), 'utf8');
  const { compatibility_date } = JSON.parse(settings) as { compatibility_date: string };
  const wasm = readdirSync(folder).filter((name) => name.endsWith('.wasm'));
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "edge", worker = (
    modules = [
      (name = "worker.js", esModule = embed "worker.js"),
${wasm.map((name) => `      (name = "${name}", wasm = embed "${name}"),`).join('\n')}
    ],
    compatibilityDate = "${compatibility_date}",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "edge")],
);
`;
}
