import { markdownTable } from '../support/markdown-table.ts';
import type { Outcome } from './campaign.ts';

/** Lists the outcomes by file, and by line the mutants that no test noticed. */
export function report(outcomes: readonly Outcome[]): { text: string; score: number } {
  const paths = [...new Set(outcomes.map(({ mutation }) => mutation.path))].sort();
  const rows = paths.map((path) =>
    row(
      path,
      outcomes.filter(({ mutation }) => mutation.path === path),
    ),
  );
  const table = markdownTable([
    ['file', 'broken', 'killed', 'survived', 'same bits', 'invalid', 'score'],
    ...rows,
    row('all', outcomes),
  ]);
  const lists = [
    list('Survived: the kernels wrote something else, and every test passed', 'survived', outcomes),
    list('The same bits in every call of every test', 'same', outcomes),
  ];
  return { text: [table, ...lists].join('\n'), score: scoreOf(outcomes) };
}

/** The share of the mutants that changed a result which some test noticed. */
function scoreOf(outcomes: readonly Outcome[]): number {
  const killed = count('killed', outcomes);
  return killed / (killed + count('survived', outcomes));
}

function row(name: string, outcomes: readonly Outcome[]): string[] {
  const counts = (['killed', 'survived', 'same', 'invalid'] as const).map((fate) =>
    String(count(fate, outcomes)),
  );
  return [name, String(outcomes.length), ...counts, `${(100 * scoreOf(outcomes)).toFixed(1)}%`];
}

function count(fate: Outcome['fate'], outcomes: readonly Outcome[]): number {
  return outcomes.filter((outcome) => outcome.fate === fate).length;
}

function list(title: string, fate: Outcome['fate'], outcomes: readonly Outcome[]): string {
  const lines = outcomes
    .filter((outcome) => outcome.fate === fate)
    .map(({ mutation: { path, line, from, to } }) => `  ${path}:${line}  ${from}  →  ${to}`)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return lines.length === 0 ? '' : `${title}:\n${lines.join('\n')}\n`;
}
