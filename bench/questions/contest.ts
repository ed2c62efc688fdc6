import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Contestant } from '../contestants/contestant.ts';
import { isOurs, LIMIT, OURS, PLAIN } from '../contestants/names.ts';
import { openTeams } from '../contestants/teams.ts';
import { compare } from '../measurements/compare.ts';
import { foresee } from '../measurements/foresee.ts';
import { surroundings } from '../measurements/surroundings.ts';
import { OPERATIONS } from '../problems/operations.ts';
import { type Problem, problemsOf } from '../problems/problem.ts';
import { shapeName } from '../problems/shapes.ts';
import { comparisonTable, LEGEND } from '../reports/comparison-table.ts';
import { type Effort, type Results, writeResults } from '../reports/results.ts';
import { type Comparison, timingOf } from '../reports/speed-findings.ts';
import { speedPicture } from '../reports/speed-picture.ts';
import { spellDuration } from '../reports/spelling.ts';
import { verdict } from '../reports/verdict.ts';

/** What takes part; an absent filter lets everything through. */
export interface Filters {
  readonly norm?: readonly string[] | undefined;
  readonly shape?: readonly string[] | undefined;
  readonly contestant?: readonly string[] | undefined;
  /** The most elements that a tensor has. */
  readonly elements?: number | undefined;
}

const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));
const ALWAYS: readonly string[] = [LIMIT, OURS.arena, PLAIN];

/**
 * Compares all contestants on all operations and shapes, prints each table and a verdict, and
 * writes them to results/ as JSON, Markdown and SVG. The process fails in the end
 * if the library was wrong.
 *
 * @param publish whether to write bench/results.json, which `npm run facts` puts into the pages
 */
export async function contest(filters: Filters, effort: Effort, publish: boolean): Promise<void> {
  const { norm, shape: wanted, elements: most = Number.POSITIVE_INFINITY } = filters;
  const problems = OPERATIONS.flatMap(problemsOf).filter(
    ({ name, shape, elements }) =>
      passes(norm, name) && passes(wanted, shapeName(shape)) && elements <= most,
  );
  const teams = await openTeams();
  const enter = (problem: Problem): readonly Contestant[] =>
    teams
      .flatMap((team) => team.enter(problem))
      .filter(({ name }) => ALWAYS.includes(name) || passes(filters.contestant, name));
  const foreseen = foresee(problems, (problem) => enter(problem).length, effort);
  console.log(`${problems.length} comparisons, about ${spellDuration(foreseen)}\n\n${LEGEND}\n`);
  const start = performance.now();
  const comparisons: Comparison[] = [];
  try {
    for (const problem of problems) {
      const contestants = enter(problem);
      const comparison = await compare(problem, contestants, effort);
      for (const contestant of contestants) await contestant.release?.();
      console.log(comparisonTable(comparison));
      comparisons.push(comparison);
    }
  } finally {
    for (const team of teams) team.close?.();
  }
  const timings = comparisons.map(timingOf);
  console.log(`${verdict(timings)}\nIt took ${spellDuration((performance.now() - start) / 1000)}.`);
  const results = { ...surroundings(), effort, timings };
  writeRaw(results, comparisons);
  if (publish) writeResults(results);
  const leftOut = comparisons.flatMap((comparison) => comparison.leftOut);
  if (leftOut.some(({ contestant }) => isOurs(contestant))) process.exitCode = 1;
}

/** Says whether a name has a text of a filter in it. */
export function passes(filter: readonly string[] | undefined, name: string): boolean {
  return filter === undefined || filter.some((text) => name.includes(text));
}

function writeRaw(results: Results, comparisons: readonly Comparison[]): void {
  const { timings, ...run } = results;
  const tables = comparisons.map(comparisonTable).join('\n');
  const heading = `Node ${run.node}, ${run.machine.processor}, one thread, ${run.date}`;
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(
    `${RESULTS}comparisons.json`,
    `${JSON.stringify({ ...run, comparisons }, null, 2)}\n`,
  );
  writeFileSync(`${RESULTS}comparisons.md`, `# Benchmark\n\n${heading}\n\n${tables}`);
  writeFileSync(`${RESULTS}comparisons.svg`, speedPicture(results));
}
