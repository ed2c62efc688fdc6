import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

// Turns off colours, and the telemetry of tools.
const ENVIRONMENT = {
  ...process.env,
  NO_COLOR: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_SEND_METRICS: 'false',
};

/** Runs a program in a folder and returns what it prints. If it fails, rejects with what it printed. */
export async function output(
  program: string,
  argv: readonly string[],
  cwd: string,
): Promise<string> {
  const options = { cwd, maxBuffer: 2 ** 26, env: ENVIRONMENT };
  try {
    return (await run(program, argv, options)).stdout;
  } catch (error) {
    const { message, stdout, stderr } = error as Error & { stdout: string; stderr: string };
    throw new Error([message, stdout, stderr].join('\n'), { cause: error });
  }
}

/** Returns the path of a file in one of the packages of this folder's package.json. */
export function installed(path: string): string {
  return fileURLToPath(new URL(`node_modules/${path}`, import.meta.url));
}

export function versionOf(name: string): string {
  return JSON.parse(readFileSync(installed(`${name}/package.json`), 'utf8')).version;
}
