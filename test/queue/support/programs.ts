// Programs that tests start and kill: the command line, workers and servers.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

const BIN = fileURLToPath(new URL('../../../cli/bin/wasm-norm.cjs', import.meta.url));
const FAULTS = fileURLToPath(new URL('faults.mjs', import.meta.url));

const running = new Set<Program>();

afterEach(async () => {
  for (const program of [...running]) await program.kill('SIGKILL');
});

/** How a program is started. */
export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it leads a group of processes of its own. */
  readonly detached?: boolean;
  readonly uid?: number;
  readonly gid?: number;
}

/** A process, and what it has printed so far. */
export class Program {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #exit: Promise<number | string>;
  #end: number | string | null = null;
  readonly #checks = new Set<() => void>();

  constructor(file: string, args: readonly string[], options: ProgramOptions = {}) {
    const { env, ...rest } = options;
    this.process = spawn(file, args, {
      ...rest,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#check();
    });
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#check();
    });
    running.add(this);
    // When it has ended and all that it printed has been read.
    this.#exit = once(this.process, 'close').then(([code, signal]) => {
      running.delete(this);
      this.#end = code ?? signal;
      this.#check();
      return this.#end as number | string;
    });
  }

  get pid(): number {
    return this.process.pid as number;
  }

  /** Resolves once it has printed a text that passes; fails where it ends before. */
  async until(passes: (program: this) => boolean, what: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const check = () => {
        if (passes(this)) resolve();
        else if (this.#end !== null) {
          reject(new Error(`ended with ${this.#end} before ${what}\n${this.stdout}${this.stderr}`));
        } else return;
        this.#checks.delete(check);
      };
      this.#checks.add(check);
      check();
    });
  }

  /** Resolves with the exit status, or the signal that has ended it. */
  ended(): Promise<number | string> {
    return this.#exit;
  }

  async kill(signal: NodeJS.Signals): Promise<number | string> {
    this.process.kill(signal);
    return this.#exit;
  }

  #check(): void {
    for (const check of [...this.#checks]) check();
  }
}

/** A worker's line of its log. */
export interface Line {
  readonly event: string;
  readonly level: string;
  readonly [fact: string]: unknown;
}

/** A worker. */
export class WorkerProgram extends Program {
  /** Returns the events of its log so far; each line has to be JSON. */
  get lines(): readonly Line[] {
    const whole = this.stdout.slice(0, this.stdout.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  count(event: string): number {
    return this.lines.filter((line) => line.event === event).length;
  }

  /** Resolves once it has logged an event so many times. */
  logs(event: string, times = 1): Promise<void> {
    return this.until(() => this.count(event) >= times, `${event}, ${times} times`);
  }
}

/** Starts `wasm-norm`. */
export function startCli(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  return new Program(process.execPath, [BIN, ...args], { cwd, env });
}

/** Runs `wasm-norm` to its end. */
export async function runCli(
  cwd: string,
  ...args: readonly string[]
): Promise<{ status: number | string; stdout: string; stderr: string }> {
  const program = startCli(cwd, args);
  const status = await program.ended();
  return { status, stdout: program.stdout, stderr: program.stderr };
}

/** What a worker is started with besides its queue. */
export interface WorkerOptions {
  readonly args?: readonly string[];
  /** A folder by which its faults tell of themselves: see faults.mjs. */
  readonly faults?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly detached?: boolean;
  readonly bin?: string;
}

/** Starts a worker with one process for pictures, which is taken over after 2 seconds of silence. */
export async function startWorker(
  url: string,
  { args = [], faults, env = {}, detached = false, bin = BIN }: WorkerOptions = {},
): Promise<WorkerProgram> {
  const worker = new WorkerProgram(
    process.execPath,
    [bin, 'worker', '--queue', url, '--threads', '1', '--lock', '2', ...args],
    {
      detached,
      env: {
        ...env,
        ...(faults === undefined ? {} : { FAULTS: faults, NODE_OPTIONS: `--import ${FAULTS}` }),
      },
    },
  );
  await worker.logs('started');
  return worker;
}

/** Returns a port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return address.port;
}
