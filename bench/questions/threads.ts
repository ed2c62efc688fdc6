import { availableParallelism } from 'node:os';
import { instanceNorm, SharedArena } from '../../dist/index.js';
import { markdownTable } from '../../test/support/markdown-table.ts';
import { isOurs } from '../contestants/names.ts';
import { openThreadedTeams } from '../contestants/teams.ts';
import { compare } from '../measurements/compare.ts';
import { secondsPerCall } from '../measurements/seconds-per-call.ts';
import { OPERATIONS } from '../problems/operations.ts';
import { problemsOf } from '../problems/problem.ts';
import { shapeName } from '../problems/shapes.ts';
import { median } from '../reports/median.ts';
import { type Filters, passes } from './contest.ts';

const MICROSECONDS = 1e6;

/** Prints how long calls take on 1, 2, 4, ... threads, and what threads cost where they help nothing. */
export async function threads(filters: Filters, quick: boolean): Promise<void> {
  const cores = availableParallelism();
  const counts = [1, 2, 4, 8, 16, 32].filter((count) => count <= cores);
  if (!counts.includes(cores)) counts.push(cores);
  await printCosts(counts);
  const effort = quick ? { rounds: 3, seconds: 0.01 } : { rounds: 15, seconds: 0.02 };
  const problems = OPERATIONS.flatMap(problemsOf).filter(
    ({ name, shape }) => passes(filters.norm, name) && passes(filters.shape, shapeName(shape)),
  );
  const teams = await openThreadedTeams(counts);
  try {
    for (const problem of problems) {
      const contestants = teams.flatMap((team) => team.enter(problem));
      const { findings } = await compare(problem, contestants, effort);
      for (const contestant of contestants) await contestant.release?.();
      const one = findings.find(({ contestant }) => isOurs(contestant))?.secondsPerCall ?? 0;
      const rows = findings.map(({ contestant, secondsPerCall: seconds }) => [
        contestant,
        (seconds * MICROSECONDS).toFixed(1),
        (one / seconds).toFixed(2),
      ]);
      const heading = ['', 'us', 'times as fast as ours on one thread'];
      console.log(
        `### ${problem.name}, ${shapeName(problem.shape)}\n\n${markdownTable([heading, ...rows])}`,
      );
    }
  } finally {
    for (const team of teams) team.close?.();
  }
}

/** Prints how long threads take to join, and a call that is too small for them. */
async function printCosts(counts: readonly number[]): Promise<void> {
  const rows = [['threads', 'until all have joined, ms', '64 x 16 x 16, us']];
  for (const count of counts) {
    const begin = performance.now();
    const arena = new SharedArena(1 << 20, { threads: count });
    await arena.ready;
    const start = performance.now() - begin;
    const x = arena.tensor([1, 64, 16, 16]);
    const times = await secondsPerCall(() => {
      instanceNorm(x, { out: x });
    }, 0.2);
    arena.close();
    rows.push([String(count), start.toFixed(1), (median(times) * MICROSECONDS).toFixed(2)]);
  }
  console.log(markdownTable(rows));
}
