import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const { default: workerd } = createRequire(import.meta.url)('workerd') as { default: string };

const NAME = 'edge';

/** workerd does not serve, of which it has said the reason itself. */
export class NotServed extends Error {}

/** A service that runs in workerd. */
export interface Service {
  readonly url: string;
  /** The process of workerd. */
  readonly pid: number;
  /** Where a debugger connects. */
  readonly inspector: string;
  readonly stop: () => Promise<void>;
}

/**
 * Serves a bundle from workerd on this machine alone.
 *
 * @param folder what wrangler has written: worker.js and the modules that it imports
 * @param port 0 for any that is free
 * @throws NotServed where workerd ends before it listens, as it does where the port is in use.
 */
export async function serve(folder: string, port: number): Promise<Service> {
  const file = `${folder}/config.capnp`;
  writeFileSync(file, configOf(folder, port));
  const args = ['serve', file, '--control-fd=3', '--inspector-addr=127.0.0.1:0'];
  const child = spawn(workerd, args, { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
  // Else it would outlive a process that fails.
  const kill = () => child.kill();
  process.once('exit', kill);
  const ended = once(child, 'exit');
  const ports = await portsOf(child.stdio[3] as Readable);
  if (!ports.has('listen')) {
    await ended;
    throw new NotServed(`workerd ended before it listened on port ${port}: is it in use?`);
  }
  return {
    url: `http://127.0.0.1:${ports.get('listen')}`,
    pid: child.pid as number,
    inspector: `ws://127.0.0.1:${ports.get('listen-inspector')}/${NAME}`,
    async stop() {
      kill();
      await ended;
      process.off('exit', kill);
    },
  };
}

/** Reads from workerd where it listens; the last it tells is where for requests. */
async function portsOf(control: Readable): Promise<ReadonlyMap<string, number>> {
  const ports = new Map<string, number>();
  for await (const line of createInterface(control)) {
    const { event, port } = JSON.parse(line) as { event: string; port: number };
    ports.set(event, port);
    if (event === 'listen') break;
  }
  return ports;
}

function configOf(folder: string, port: number): string {
  const settings = readFileSync(new URL('../wrangler.json', import.meta.url), 'utf8');
  const { compatibility_date } = JSON.parse(settings) as { compatibility_date: string };
  const wasm = readdirSync(folder).filter((name) => name.endsWith('.wasm'));
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "${NAME}", worker = (
    modules = [
      (name = "worker.js", esModule = embed "worker.js"),
${wasm.map((name) => `      (name = "${name}", wasm = embed "${name}"),`).join('\n')}
    ],
    compatibilityDate = "${compatibility_date}",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "${NAME}")],
);
`;
}
