import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { LIMIT, OURS, PLAIN } from '../contestants/names.ts';
import { openTeams } from '../contestants/teams.ts';
import { type Comparison, compare, type Effort } from '../measurements/compare.ts';
import { OPERATIONS } from '../problems/operations.ts';
import { problemsOf } from '../problems/problem.ts';
import { shapeName } from '../problems/shapes.ts';
import { comparisonTable } from '../reports/comparison-table.ts';
import { comparisonPicture } from '../reports/speed-picture.ts';

/** What takes part; everything where a filter is absent. */
export interface Filters {
  readonly norm?: readonly string[] | undefined;
  readonly shape?: readonly string[] | undefined;
  readonly contestant?: readonly string[] | undefined;
}

const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));
const README_PICTURE = fileURLToPath(new URL('../../docs/images/bench.svg', import.meta.url));
const ALWAYS: readonly string[] = [LIMIT, OURS, PLAIN];

/**
 * Compares all contestants on all operations and shapes; prints each table, and
 * writes them to results/ as JSON, Markdown and SVG. The process fails in the end
 * where the library was wrong.
 *
 * @param publish whether to write the README's picture too
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
  writeResults(comparisons);
  if (publish) writeFileSync(README_PICTURE, comparisonPicture(comparisons));
  const leftOut = comparisons.flatMap((comparison) => comparison.leftOut);
  if (leftOut.some(({ contestant }) => contestant.startsWith('ours'))) process.exitCode = 1;
}

function passes(filter: readonly string[] | undefined, name: string): boolean {
  return filter === undefined || filter.some((text) => name.includes(text));
}

function writeResults(comparisons: readonly Comparison[]): void {
  const machine = `Node ${process.versions.node}, ${cpus()[0]?.model}, one thread`;
  const date = new Date().toISOString();
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(
    `${RESULTS}comparisons.json`,
    `${JSON.stringify({ date, machine, comparisons }, null, 2)}\n`,
  );
  const tables = comparisons.map(comparisonTable).join('\n');
  writeFileSync(`${RESULTS}comparisons.md`, `# Benchmark\n\n${machine}, ${date}\n\n${tables}`);
  writeFileSync(`${RESULTS}comparisons.svg`, comparisonPicture(comparisons));
}
