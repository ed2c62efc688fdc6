import { mkdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { Redis } from 'ioredis';
import { freePort, Program } from './programs.ts';

/** A Redis server. */
export class RedisServer {
  readonly port: number;
  readonly url: string;
  readonly #folder: string;
  readonly #settings: readonly string[];
  #program: Program;

  private constructor(port: number, folder: string, settings: readonly string[]) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.#folder = folder;
    this.#settings = settings;
    this.#program = this.#launch();
  }

  /** Starts one in a folder of its own, which writes whatever it is told to a file first. */
  static async start(folder: string, ...settings: readonly string[]): Promise<RedisServer> {
    mkdirSync(folder, { recursive: true });
    const server = new RedisServer(await freePort(), folder, settings);
    await server.#answers();
    return server;
  }

  /** Starts it again, with what it has written, and with more settings. */
  async again(...settings: readonly string[]): Promise<void> {
    this.#program = this.#launch(settings);
    await this.#answers();
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#program.kill(signal);
  }

  /** Gives a connection to some questions, and ends it. */
  async ask<Answer>(question: (redis: Redis) => Promise<Answer>, password = ''): Promise<Answer> {
    const redis = new Redis(this.port, '127.0.0.1', password === '' ? {} : { password });
    try {
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }

  #launch(more: readonly string[] = []): Program {
    const settings = [
      ['--port', String(this.port)],
      ['--bind', '127.0.0.1'],
      ['--dir', this.#folder],
      ['--save', ''],
      ['--appendonly', 'yes', '--appendfsync', 'always'],
    ].flat();
    return new Program('redis-server', [...settings, ...this.#settings, ...more]);
  }

  async #answers(): Promise<void> {
    await this.#program.until(
      ({ stdout }) => stdout.includes('Ready to accept connections'),
      'it was ready',
    );
    await new Promise<void>((resolve, reject) => {
      const socket = createConnection(this.port, '127.0.0.1', () => {
        socket.destroy();
        resolve();
      }).once('error', reject);
    });
  }
}
