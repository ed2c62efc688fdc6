import { availableParallelism } from 'node:os';
import { Arena, instanceNorm, SharedArena } from '../../dist/index.js';
import { markdownTable } from '../../test/support/markdown-table.ts';
import type { Contestant, Team } from '../contestants/contestant.ts';
import { isOurs } from '../contestants/names.ts';
import { oursInPlaceOnThreads } from '../contestants/ours.ts';
import { openThreadedTeams } from '../contestants/teams.ts';
import { boundOf } from '../measurements/apart.ts';
import { compare } from '../measurements/compare.ts';
import { foresee } from '../measurements/foresee.ts';
import { secondsPerCall } from '../measurements/seconds-per-call.ts';
import { surroundings } from '../measurements/surroundings.ts';
import { inputsOf } from '../problems/exercise.ts';
import type { Problem } from '../problems/problem.ts';
import { largestProblem, otherProblems, scalingProblems } from '../problems/scaling.ts';
import { shapeName } from '../problems/shapes.ts';
import { median } from '../reports/median.ts';
import type { Effort, Timing } from '../reports/results.ts';
import { timingOf } from '../reports/speed-findings.ts';
import { spellDuration, spellNumber, spellTime } from '../reports/spelling.ts';
import { type Bound, type Cost, writeThreadsResults } from '../reports/threads-results.ts';
import { timesTables } from '../reports/threads-table.ts';
import { type Filters, passes } from './contest.ts';

// Megabytes of a tensor.
const BOUNDED: readonly number[] = [1, 4, 16];

// What --quick compares at most.
const QUICK_ELEMENTS = 2 ** 20;

// Seconds that everything but the comparisons takes: of a count of threads, and of the largest tensor
// of a contestant.
const COSTS = 4;
const LARGEST = 5;

/**
 * Prints how long calls take on 1, 2, 4, ... threads, beside peers on as many, and what threads cost
 * where they help nothing.
 *
 * @param publish whether to write bench/threads.json, of which `npm run facts` draws a picture
 */
export async function threads(filters: Filters, quick: boolean, publish: boolean): Promise<void> {
  const counts = threadCounts(availableParallelism());
  const effort = quick ? { rounds: 3, seconds: 0.01 } : { rounds: 9, seconds: 0.03 };
  const problems = [...scalingProblems(), ...otherProblems()].filter(
    ({ name, shape, elements }) =>
      passes(filters.norm, name) &&
      passes(filters.shape, shapeName(shape)) &&
      (!quick || elements <= QUICK_ELEMENTS),
  );
  const withLargest = !quick && !filters.norm && !filters.shape;
  const teams = await openThreadedTeams(counts);
  const enter = (problem: Problem) => teams.flatMap((team) => team.enter(problem));
  const largest = withLargest ? enter(largestProblem()).length : 0;
  const foreseen =
    foresee(problems, (problem) => enter(problem).length, effort) +
    counts.length * COSTS +
    largest * LARGEST;
  console.log(`${problems.length} comparisons, about ${spellDuration(foreseen)}\n`);
  const start = performance.now();
  const timings: Timing[] = [];
  const [costs, bounds]: [Cost[], Bound[]] = [[], []];
  try {
    for (const count of counts) costs.push(await costOf(count));
    printCosts(costs);
    for (const megabytes of BOUNDED) {
      for (const count of counts.slice(1)) {
        bounds.push(await boundOf(count, megabytes, quick ? 5 : 15));
      }
    }
    printBounds(bounds);
    for (const name of new Set(problems.map(({ name }) => name))) {
      const own: Timing[] = [];
      for (const problem of problems.filter((problem) => problem.name === name)) {
        own.push(await timingOfProblem(problem, enter, effort));
      }
      console.log(timesTables(own));
      timings.push(...own);
    }
    if (withLargest) {
      const timing = await timeLargest(counts, teams);
      timings.push(timing);
      console.log(timesTables([timing]));
    }
  } finally {
    for (const team of teams) team.close?.();
  }
  console.log(`It took ${spellDuration((performance.now() - start) / 1000)}.`);
  if (publish) {
    writeThreadsResults({ ...surroundings(), effort, costs, bounds, timings });
  }
}

/** Returns 1, 2, 4, ... and the number of cores. */
function threadCounts(cores: number): readonly number[] {
  const counts = [1, 2, 4, 8, 16, 32].filter((count) => count < cores);
  return [...counts, cores];
}

async function timingOfProblem(
  problem: Problem,
  enter: (problem: Problem) => readonly Contestant[],
  effort: Effort,
): Promise<Timing> {
  const contestants = enter(problem);
  const comparison = await compare(problem, contestants, effort);
  for (const contestant of contestants) await contestant.release?.();
  for (const { contestant, reason } of comparison.leftOut) {
    console.log(`${contestant} is left out: ${reason}`);
    if (isOurs(contestant)) process.exitCode = 1;
  }
  return timingOf(comparison);
}

/** Times one norm of 10^8 elements, each contestant by itself, since they do not fit together. */
async function timeLargest(counts: readonly number[], teams: readonly Team[]): Promise<Timing> {
  const problem = largestProblem();
  const inputs = inputsOf(problem, 0);
  const peers = teams.flatMap((team) => team.enter(problem)).filter(({ name }) => !isOurs(name));
  const contestants = [...oursInPlaceOnThreads(counts).enter(problem), ...peers];
  const seconds: Record<string, number> = {};
  for (const contestant of contestants) {
    await contestant.load(inputs);
    await contestant.call();
    const samples = contestant.secondsPerCall
      ? await contestant.secondsPerCall(1)
      : await secondsPerCall(() => contestant.call(), 1);
    seconds[contestant.name] = Number(median(samples).toPrecision(4));
    await contestant.release?.();
  }
  const { name, shape, bytes } = problem;
  return { problem: `${name}, ours in place`, shape: shapeName(shape), bytes, seconds };
}

/** Times how long threads take to join, and a call that is too small for them. */
async function costOf(count: number): Promise<Cost> {
  const starts: number[] = [];
  for (let i = 0; i < 5; i++) {
    const begin = performance.now();
    const arena = new SharedArena(1 << 20, { threads: count });
    await arena.ready;
    starts.push((performance.now() - begin) / 1000);
    arena.close();
  }
  const arena = count === 1 ? new Arena(1 << 20) : new SharedArena(1 << 20, { threads: count });
  if (arena instanceof SharedArena) await arena.ready;
  const x = arena.tensor([1, 64, 16, 16]);
  const times = await secondsPerCall(() => {
    instanceNorm(x, { out: x });
  }, 0.2);
  if (arena instanceof SharedArena) arena.close();
  return { threads: count, startSeconds: median(starts), smallSeconds: median(times) };
}

function printCosts(costs: readonly Cost[]): void {
  const rows = costs.map(({ threads, startSeconds, smallSeconds }) => [
    String(threads),
    spellTime(startSeconds),
    spellTime(smallSeconds),
  ]);
  console.log(
    markdownTable([['threads', 'until all have joined', '1x64x16x16, too small'], ...rows]),
  );
}

function printBounds(bounds: readonly Bound[]): void {
  const rows = bounds.map(({ threads, megabytes, apart, shared }) => [
    String(threads),
    `${megabytes} MB`,
    spellNumber(apart),
    spellNumber(shared),
  ]);
  const heading = ['threads', 'tensor', 'gain where each has its own', 'gain of a shared arena'];
  console.log(markdownTable([heading, ...rows]));
}
