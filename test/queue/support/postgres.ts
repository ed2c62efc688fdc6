import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, Program } from './programs.ts';

/** Debian keeps the programs of each version apart. */
const VERSIONS = '/usr/lib/postgresql';

/** A PostgreSQL server. It refuses to run as root, and runs as its own user then. */
export class PostgresServer {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  readonly #user: { readonly uid?: number; readonly gid?: number };
  #program: Program;

  private constructor(port: number, folder: string) {
    this.#port = port;
    this.#folder = folder;
    this.#user = userOf('postgres');
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    this.#program = this.#launch();
  }

  /** Starts one in a folder of its own. */
  static async start(folder: string): Promise<PostgresServer> {
    mkdirSync(folder, { recursive: true });
    const { uid, gid } = userOf('postgres');
    if (uid !== undefined && gid !== undefined) {
      execFileSync('chmod', ['755', join(folder, '..')]);
      chownSync(folder, uid, gid);
    }
    const initdb = ['-D', folder, '-U', 'postgres', '--auth=trust', '--no-sync'];
    execFileSync(program('initdb'), initdb, { uid, gid, stdio: 'ignore' });
    const server = new PostgresServer(await freePort(), folder);
    await server.#answers();
    return server;
  }

  /** Starts it again, with what it has written. */
  async again(): Promise<void> {
    this.#program = this.#launch();
    await this.#answers();
  }

  /** Ends it without a farewell: its processes notice that the first of them is gone. */
  async kill(): Promise<void> {
    await this.#program.kill('SIGKILL');
  }

  #launch(): Program {
    const settings = ['-p', String(this.#port), '-h', '127.0.0.1', '-k', ''];
    return new Program(program('postgres'), ['-D', this.#folder, ...settings], this.#user);
  }

  async #answers(): Promise<void> {
    await this.#program.until(
      ({ stderr }) => stderr.includes('database system is ready to accept connections'),
      'it was ready',
    );
  }
}

function program(name: string): string {
  const [version] = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort().reverse() : [];
  return version === undefined ? name : join(VERSIONS, version, 'bin', name);
}

function userOf(name: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
