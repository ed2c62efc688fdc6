import { markdownTable } from '../../test/support/markdown-table.ts';
import { LIMIT, OURS, PLAIN } from '../contestants/names.ts';
import type { Comparison, SpeedFinding } from './speed-findings.ts';
import { spellError, spellNumber, spellTime } from './spelling.ts';

const COLUMNS = [
  'contestant',
  'time',
  'GB/s',
  'of memory.copy',
  'times plain JS',
  'arena is faster',
  'worst error',
  'at mean 1e4',
];

/** Writes a comparison as a Markdown section. */
export function comparisonTable({ problem, shape, bytes, findings, leftOut }: Comparison): string {
  const rows = findings.map((finding) => cells(finding, findings, bytes));
  const notes = leftOut.map(({ contestant, reason }) => `\n${contestant} is left out: ${reason}\n`);
  return `### ${problem}, ${shape}\n\n${markdownTable([COLUMNS, ...rows])}${notes.join('')}`;
}

function cells(finding: SpeedFinding, findings: readonly SpeedFinding[], bytes: number): string[] {
  const { contestant, secondsPerCall, error, errorFarFromZero } = finding;
  const timesAsFastAs = (name: string): number | undefined => {
    const other = findings.find((candidate) => candidate.contestant === name);
    return other && other.secondsPerCall / secondsPerCall;
  };
  const asFastAsArena = timesAsFastAs(OURS.arena);
  return [
    contestant,
    spellTime(secondsPerCall),
    spellNumber(bytes / secondsPerCall / 1e9),
    spellRatio(timesAsFastAs(LIMIT)),
    spellRatio(timesAsFastAs(PLAIN)),
    spellRatio(asFastAsArena && 1 / asFastAsArena),
    spellError(error),
    spellError(errorFarFromZero),
  ];
}

function spellRatio(ratio: number | undefined): string {
  return ratio === undefined ? '' : spellNumber(ratio);
}
