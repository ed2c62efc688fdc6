import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../problems/problem.ts';
import { groupsOf } from '../problems/shapes.ts';
import type { Contestant, Team } from './contestant.ts';
import { inThreads, TORCH } from './names.ts';

const PROGRAM = fileURLToPath(new URL('pytorch.py', import.meta.url));
// Debian installs python3-torch for this Python.
const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';

/** PyTorch on one thread or more, in a process that times itself and reads its inputs from files. */
export async function pytorch(threads = 1): Promise<Team> {
  const worker = new Worker(threads);
  const version = await worker.ask({ do: 'hello' });
  const folder = mkdtempSync(join(tmpdir(), 'wasm-norm-bench-'));
  const nameOf = (name: string) => `${TORCH} ${version} ${name}${inThreads(threads)}`;
  return {
    enter: (problem) =>
      Object.entries(problem.operation.torch).map(([name, expression]) =>
        contestant(nameOf(name), expression, worker, folder, problem),
      ),
    close() {
      worker.end();
      rmSync(folder, { recursive: true });
    },
  };
}

function contestant(
  name: string,
  expression: string,
  worker: Worker,
  folder: string,
  { pass, layout, shape, channels, elements }: Problem,
): Contestant {
  return {
    name,
    async load(inputs) {
      const shapes: Record<string, readonly number[]> = {};
      for (const [input, data] of Object.entries(inputs) as [string, Float32Array][]) {
        writeFileSync(join(folder, input), data);
        shapes[input] = data.length === elements ? shape : [data.length];
      }
      const groups = groupsOf(channels);
      const backward = pass === 'backward';
      await worker.ask({ do: 'load', name, expression, folder, shapes, backward, layout, groups });
    },
    async call() {
      await worker.ask({ do: 'call', name });
    },
    async results() {
      const paths = (await worker.ask({ do: 'save', name, folder })) as string[];
      return paths.map((path) => {
        const { buffer, byteOffset, byteLength } = readFileSync(path);
        return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
      });
    },
    async secondsPerCall(seconds) {
      return (await worker.ask({ do: 'time', name, seconds })) as number[];
    },
    async release() {
      await worker.ask({ do: 'release', name });
    },
  };
}

/** The other process: a JSON line in, a JSON line out. */
class Worker {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  #errors = '';

  constructor(threads: number) {
    this.#process = spawn(PYTHON, [PROGRAM, String(threads)]);
    this.#process.stderr.on('data', (text) => {
      this.#errors += text;
    });
    // If the program is missing or ends, `ask` throws this instead of an answer.
    this.#process.on('error', ({ message }) => {
      this.#errors += message;
    });
    this.#process.stdin.on('error', () => {});
    this.#answers = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  async ask(question: object): Promise<unknown> {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(this.#errors.trim().split('\n').at(-1) || 'it ended');
    const { answer, error } = JSON.parse(value);
    if (error) throw new Error(error);
    return answer;
  }

  end(): void {
    this.#process.stdin.end();
  }
}
