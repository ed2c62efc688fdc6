import type { Comparison, Finding } from './compare.ts';
import { LIMIT, OURS, PLAIN } from './contestants/names.ts';

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

/** Lays a comparison out as a Markdown table that also reads well in a terminal. */
export function table(comparison: Comparison): string {
  const { operation, shape, findings, leftOut } = comparison;
  const rows = [COLUMNS, ...findings.map((finding) => cells(finding, findings))];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  );
  const notes = leftOut.map(({ contestant, reason }) => `${contestant} is left out: ${reason}\n`);
  const lines = rows.map((row) => line(row.map((cell, i) => pad(cell, widths[i] as number, i))));
  const rule = line(
    widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)),
  );
  return [`### ${operation}, ${shape}`, '', lines[0], rule, ...lines.slice(1), '', ...notes].join(
    '\n',
  );
}

function cells(finding: Finding, findings: readonly Finding[]): string[] {
  const { contestant, secondsPerCall, gigabytesPerSecond, error, errorFarFromZero } = finding;
  const faster = (name: string): number | undefined => {
    const other = findings.find((candidate) => candidate.contestant === name);
    return other && other.secondsPerCall / secondsPerCall;
  };
  const arena = faster(OURS);
  return [
    contestant,
    spellTime(secondsPerCall),
    gigabytesPerSecond.toFixed(gigabytesPerSecond < 10 ? 2 : 1),
    spellRatio(faster(LIMIT), ''),
    spellRatio(faster(PLAIN), ' x'),
    spellRatio(arena && 1 / arena, ' x'),
    error?.toExponential(1) ?? '',
    errorFarFromZero?.toExponential(1) ?? '',
  ];
}

function spellTime(seconds: number): string {
  if (seconds >= 1e-3) return `${(seconds * 1e3).toPrecision(3)} ms`;
  if (seconds >= 1e-6) return `${(seconds * 1e6).toPrecision(3)} µs`;
  return `${(seconds * 1e9).toPrecision(3)} ns`;
}

function spellRatio(ratio: number | undefined, unit: string): string {
  return ratio === undefined ? '' : `${ratio.toFixed(ratio < 10 ? 2 : 0)}${unit}`;
}

/** Words to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
