import type { ImageLike } from 'wasm-norm';
import { channelStatistics } from './statistics.ts';

/** What the table's last column is for. */
export const CLAMPING_NOTE =
  "A result beyond 0 or 255 is clamped: where many bytes lie there, mean and std miss the style's.";

const CHANNELS = ['red', 'green', 'blue'];
const HEADINGS = ['mean', 'std', 'at 0/255'];
const LABEL_WIDTH = 10;
const COLUMN_WIDTH = 9;

/** Returns a table of each picture's mean, std and share of extreme bytes, a line for a picture. */
export function statisticsTable(pictures: Readonly<Record<string, ImageLike>>): string {
  const indent = ' '.repeat(LABEL_WIDTH);
  const lines = [
    indent + CHANNELS.map((name) => name.padStart(COLUMN_WIDTH * HEADINGS.length)).join(''),
    indent + CHANNELS.map(() => cells(HEADINGS)).join(''),
  ];
  for (const [label, picture] of Object.entries(pictures)) {
    const numbers = channelStatistics(picture).map(({ mean, std, atLimits }) =>
      cells([mean.toFixed(1), std.toFixed(1), `${(100 * atLimits).toFixed(1)}%`]),
    );
    lines.push(label.padEnd(LABEL_WIDTH) + numbers.join(''));
  }
  return lines.join('\n');
}

function cells(texts: readonly string[]): string {
  return texts.map((text) => text.padStart(COLUMN_WIDTH)).join('');
}
