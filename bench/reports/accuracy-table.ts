import { markdownTable } from '../../test/support/markdown-table.ts';
import { isOurs } from '../contestants/names.ts';
import type { Errors, OperationFinding } from './accuracy-findings.ts';
import { spellError } from './spelling.ts';

/** Writes what was found of an operation as a Markdown section. */
export function accuracyTable({ operation, kinds }: OperationFinding): string {
  const contestants = [...new Set(kinds.flatMap(({ errors }) => Object.keys(errors)))];
  const header = ['kind of data', ...contestants.map(nameOf)];
  const rows = kinds.map(({ kind, rows, errors }) => [
    kind,
    ...contestants.map((contestant) => spell(errors[contestant], rows)),
  ]);
  return `### ${operation}\n\n${markdownTable([header, ...rows])}`;
}

/** Names the library without where its tensors lie, which makes no difference to its bits. */
export function nameOf(contestant: string): string {
  return isOurs(contestant) ? 'wasm-norm' : contestant;
}

function spell(errors: Errors | undefined, rows: number): string {
  if (!errors) return '';
  const { worst, rowsOfNaN } = errors;
  if (rowsOfNaN === 0) return spellError(worst);
  const nan = `NaN in ${rowsOfNaN} of ${rows}`;
  return rowsOfNaN === rows ? nan : `${nan}, ${spellError(worst)}`;
}
