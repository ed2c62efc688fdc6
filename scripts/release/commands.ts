import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

// What an `npm run` around this program sets would tell the programs inside where its own package is.
const OF_NPM_RUN = /^(npm_(package|lifecycle)_|npm_config_local_prefix|npm_command|INIT_CWD)/;

const outside = Object.entries(process.env).filter(([name]) => !OF_NPM_RUN.test(name));

/** The environment, without what belongs to this package, and without its commands. */
const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...Object.fromEntries(outside),
  PATH: process.env.PATH?.split(':')
    .filter((folder) => !folder.includes('node_modules'))
    .join(':'),
  NO_COLOR: '1',
};
delete ENVIRONMENT.FORCE_COLOR;

/** How a program ended, and what it printed. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs programs in one folder, with more variables of the environment. */
export class Folder {
  readonly path: string;
  readonly #variables: Readonly<Record<string, string>>;

  constructor(path: string, variables: Readonly<Record<string, string>> = {}) {
    this.path = path;
    this.#variables = variables;
  }

  /** Runs a program, and returns how it ended. */
  try(program: string, ...args: readonly string[]): Outcome {
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      cwd: this.path,
      env: { ...ENVIRONMENT, ...this.#variables },
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (error !== undefined) throw error;
    return { status, stdout, stderr };
  }

  /** Runs a program and returns what it prints. Throws, with all that it printed, if it fails. */
  run(program: string, ...args: readonly string[]): string {
    const { status, stdout, stderr } = this.try(program, ...args);
    if (status === 0) return stdout;
    const command = [program, ...args].join(' ');
    throw new Error(`${command} in ${this.path} ended with ${status}\n${stdout}\n${stderr}`);
  }
}

/** Returns the path of a file in a package of this folder's package.json, installed in a clone. */
export function tool({ path }: Folder, name: string): string {
  return join(path, 'scripts/release/node_modules', name);
}
