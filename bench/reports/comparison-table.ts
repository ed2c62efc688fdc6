import { markdownTable } from '../../test/support/markdown-table.ts';
import { LIMIT, OURS, PLAIN } from '../contestants/names.ts';
import type { Comparison, SpeedFinding } from './speed-findings.ts';
import { spellError, spellNumber, spellTime } from './spelling.ts';

const COLUMNS = [
  'contestant',
  'time',
  'GB/s',
  '/ copy',
  '/ plain',
  '/ arena',
  'error',
  'at mean 1e4',
];

/** What the columns say. */
export const LEGEND: string = `\
time         the median of all samples, for one call
GB/s         bytes read and written by one call, in its time
/ copy       its time divided by that of ${LIMIT} of as many bytes; less is faster
/ plain      its time divided by that of ${PLAIN}
/ arena      its time divided by that of ${OURS.arena}
error        the worst |y - y*| / max(1, |y*|); y* is in float64
at mean 1e4  the same, of data of mean 1e4 and standard deviation 1`;

/** Writes a comparison as a Markdown section. */
export function comparisonTable({ problem, shape, bytes, findings, leftOut }: Comparison): string {
  const rows = findings.map((finding) => cells(finding, findings, bytes));
  const notes = leftOut.map(({ contestant, reason }) => `\n${contestant} is left out: ${reason}\n`);
  return `### ${problem}, ${shape}\n\n${markdownTable([COLUMNS, ...rows])}${notes.join('')}`;
}

function cells(finding: SpeedFinding, findings: readonly SpeedFinding[], bytes: number): string[] {
  const { contestant, secondsPerCall, error, errorFarFromZero } = finding;
  const perTimeOf = (name: string): string => {
    const other = findings.find((candidate) => candidate.contestant === name);
    return other ? spellNumber(secondsPerCall / other.secondsPerCall) : '';
  };
  return [
    contestant,
    spellTime(secondsPerCall),
    spellNumber(bytes / secondsPerCall / 1e9),
    perTimeOf(LIMIT),
    perTimeOf(PLAIN),
    perTimeOf(OURS.arena),
    spellError(error),
    spellError(errorFarFromZero),
  ];
}
