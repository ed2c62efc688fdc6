import { CHANNELS, type DatasetStatistics } from './dataset-statistics.ts';

const LABEL_WIDTH = 8;
const COLUMN_WIDTH = 10;

/** Returns the statistics as a table, with the line of code that uses them. */
export function textReport(statistics: DatasetStatistics): string {
  const { pictures, pixels, mean, std, unreadable } = statistics;
  const lines = [
    `${count(pictures, 'picture')}, ${count(pixels, 'pixel')}`,
    '',
    row('', CHANNELS),
    row('mean', mean.map(format)),
    row('std', std.map(format)),
    '',
    `imageToTensor(image, { mean: [${mean.map(format).join(', ')}], std: [${std.map(format).join(', ')}] })`,
  ];
  if (unreadable.length > 0) {
    lines.push('', `${count(unreadable.length, 'file')} could not be read:`);
    for (const { file, reason } of unreadable) lines.push(`  ${file}: ${reason}`);
  }
  return lines.join('\n');
}

/** Returns the statistics in full precision; the same text for the same bits. */
export function jsonReport(folder: string, statistics: DatasetStatistics): string {
  const { pictures, pixels, mean, std, histograms, unreadable } = statistics;
  return JSON.stringify({ folder, pictures, pixels, mean, std, histograms, unreadable }, null, 2);
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
