// The command line: as a user starts it, and in the process of the tests, which takes a tenth of
// the time.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { runCommandLine } from '../../cli/src/run-command-line.ts';

const BIN = fileURLToPath(new URL('../../cli/bin/wasm-norm.cjs', import.meta.url));

/** The folder of the repository's photographs. */
export const PHOTOS: string = fileURLToPath(
  new URL('../../examples/restyle/photos/', import.meta.url),
);

/** How a run ended, and what it printed. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process, with the sources and one thread, in a folder. */
export async function runHere(
  folder: string,
  command: string,
  ...args: readonly string[]
): Promise<Run> {
  const before = process.cwd();
  let [stdout, stderr] = ['', ''];
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line) => {
      stdout += `${line}\n`;
    }),
    vi.spyOn(console, 'error').mockImplementation((line) => {
      stderr += `${line}\n`;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      stderr += text;
      return true;
    }),
  ];
  process.chdir(folder);
  try {
    const isDone = await runCommandLine([command, '--threads', '1', ...args]);
    return { status: isDone ? 0 : 1, stdout, stderr };
  } finally {
    process.chdir(before);
    for (const spy of spies) spy.mockRestore();
  }
}

/** Runs `wasm-norm` in a folder. */
export function wasmNorm(cwd: string, ...args: readonly string[]): Run {
  const options = { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], options);
  return { status, stdout, stderr };
}

/** Starts `wasm-norm` in a folder, in a process that can be killed. */
export function startWasmNorm(cwd: string, ...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], { cwd });
}
