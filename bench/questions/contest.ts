import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isOurs, LIMIT, OURS, PLAIN } from '../contestants/names.ts';
import { openTeams } from '../contestants/teams.ts';
import { compare } from '../measurements/compare.ts';
import { surroundings } from '../measurements/surroundings.ts';
import { OPERATIONS } from '../problems/operations.ts';
import { problemsOf } from '../problems/problem.ts';
import { shapeName } from '../problems/shapes.ts';
import { comparisonTable } from '../reports/comparison-table.ts';
import { type Effort, type Results, writeResults } from '../reports/results.ts';
import { type Comparison, timingOf } from '../reports/speed-findings.ts';
import { speedPicture } from '../reports/speed-picture.ts';
import { picture } from './picture.ts';

/** What takes part; an absent filter lets everything through. */
export interface Filters {
  readonly norm?: readonly string[] | undefined;
  readonly shape?: readonly string[] | undefined;
  readonly contestant?: readonly string[] | undefined;
}

const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));
const ALWAYS: readonly string[] = [LIMIT, OURS.arena, PLAIN];

/**
 * Compares all contestants on all operations and shapes, prints each table, and
 * writes them to results/ as JSON, Markdown and SVG. The process fails in the end
 * if the library was wrong.
 *
 * @param publish whether to write results.json and the README's picture too
 */
export async function contest(filters: Filters, effort: Effort, publish: boolean): Promise<void> {
  const problems = OPERATIONS.flatMap(problemsOf).filter(
    ({ name, shape }) => passes(filters.norm, name) && passes(filters.shape, shapeName(shape)),
  );
  const teams = await openTeams();
  const comparisons: Comparison[] = [];
  try {
    for (const problem of problems) {
      const contestants = teams
        .flatMap((team) => team.enter(problem))
        .filter(({ name }) => ALWAYS.includes(name) || passes(filters.contestant, name));
      const comparison = await compare(problem, contestants, effort);
      for (const contestant of contestants) await contestant.release?.();
      console.log(comparisonTable(comparison));
      comparisons.push(comparison);
    }
  } finally {
    for (const team of teams) team.close?.();
  }
  const results = { ...surroundings(), effort, timings: comparisons.map(timingOf) };
  writeRaw(results, comparisons);
  if (publish) {
    writeResults(results);
    picture();
  }
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
