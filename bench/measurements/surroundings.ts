import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import type { Results } from '../reports/results.ts';

const GIT_LOG = ['log', '-1', '--format=%h', '--abbrev=10', '--', 'src', 'assembly'];
const GIT_STATUS = ['status', '--porcelain', '--', 'src', 'assembly'];

/** Says when, where and on what the benchmark runs. */
export function surroundings(): Pick<Results, 'date' | 'machine' | 'node' | 'commit'> {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() },
    node: process.versions.node,
    commit: git(GIT_LOG) + (git(GIT_STATUS) === '' ? '' : ', changed'),
  };
}

function git(args: readonly string[]): string {
  const cwd = new URL('../..', import.meta.url);
  return execFileSync('git', args, { cwd, encoding: 'utf8' }).trim();
}
