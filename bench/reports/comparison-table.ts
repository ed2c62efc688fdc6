import { LIMIT, OURS, PLAIN } from '../contestants/names.ts';
import type { Comparison, Finding } from '../measurements/compare.ts';
import { markdownTable, spellError, spellNumber, spellTime } from './markdown.ts';

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
export function comparisonTable({ problem, shape, findings, leftOut }: Comparison): string {
  const rows = findings.map((finding) => cells(finding, findings));
  const notes = leftOut.map(({ contestant, reason }) => `\n${contestant} is left out: ${reason}\n`);
  return `### ${problem}, ${shape}\n\n${markdownTable([COLUMNS, ...rows])}${notes.join('')}`;
}

function cells(finding: Finding, findings: readonly Finding[]): string[] {
  const { contestant, secondsPerCall, gigabytesPerSecond, error, errorFarFromZero } = finding;
  const timesAsFastAs = (name: string): number | undefined => {
    const other = findings.find((candidate) => candidate.contestant === name);
    return other && other.secondsPerCall / secondsPerCall;
  };
  const asFastAsArena = timesAsFastAs(OURS);
  return [
    contestant,
    spellTime(secondsPerCall),
    spellNumber(gigabytesPerSecond),
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
