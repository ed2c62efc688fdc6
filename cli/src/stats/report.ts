import type { Skipped } from '../files/files.ts';
import {
  CHANNELS,
  type DatasetStatistics,
  type Weighing,
} from '../statistics/dataset-statistics.ts';

const LABEL_WIDTH = 8;
const COLUMN_WIDTH = 10;

/** What a report is of. */
export interface Reported {
  /** The paths that were given. */
  readonly given: readonly string[];
  readonly statistics: DatasetStatistics;
  readonly per: Weighing;
  readonly skipped: readonly Skipped[];
}

/** Returns the statistics as a table, with the lines of code that use them. */
export function textReport({ statistics, per, skipped }: Reported): string {
  const { pictures, pixels, unreadable } = statistics;
  const mean = statistics.mean(per).map(format);
  const std = statistics.std(per).map(format);
  const weighing = per === 'image' ? ', each picture weighing the same' : '';
  const lines = [
    `${count(pictures, 'picture')}, ${count(pixels, 'pixel')}${weighing}`,
    '',
    row('', CHANNELS),
    row('mean', mean),
    row('std', std),
    '',
    `transforms.Normalize(mean=[${mean.join(', ')}], std=[${std.join(', ')}])`,
    `imageToTensor(image, { mean: [${mean.join(', ')}], std: [${std.join(', ')}] })`,
  ];
  if (unreadable.length > 0) {
    lines.push('', `${count(unreadable.length, 'file')} could not be read:`, ...list(unreadable));
  }
  if (skipped.length > 0) {
    lines.push('', `${count(skipped.length, 'link')} passed over:`, ...list(skipped));
  }
  return lines.join('\n');
}

/** Returns the statistics in full precision; the same text for the same bits. */
export function jsonReport({ given, statistics, per, skipped }: Reported): string {
  const { pictures, pixels, histograms, unreadable } = statistics;
  const [mean, std] = [statistics.mean(per), statistics.std(per)];
  const report = { folders: given, pictures, pixels, per, mean, std, unreadable, skipped };
  return JSON.stringify(histograms ? { ...report, histograms } : report, null, 2);
}

function list(items: readonly Skipped[]): string[] {
  return items.map(({ file, reason }) => `  ${file}: ${reason}`);
}

function row(label: string, cells: readonly string[]): string {
  return label.padEnd(LABEL_WIDTH) + cells.map((cell) => cell.padStart(COLUMN_WIDTH)).join('');
}

function format(value: number): string {
  return value.toFixed(4);
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
