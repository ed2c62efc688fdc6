import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server of Redis, of which nothing is left after it stops. */
export interface RedisServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts Redis on a free port of this machine, as the queue needs it: with an append-only file, and
 * dropping no keys.
 */
export async function startRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'wasm-norm-redis-'));
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'yes' };
  const args = Object.entries({ ...settings, 'maxmemory-policy': 'noeviction' });
  const child = spawn(
    'redis-server',
    args.flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  // Else it would outlive a process that fails.
  const kill = () => child.kill();
  process.once('exit', kill);
  await once(child, 'spawn');
  return {
    port,
    async stop() {
      const ended = once(child, 'exit');
      kill();
      await ended;
      process.off('exit', kill);
      rmSync(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
