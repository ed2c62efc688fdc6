import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { markdownTable } from '../../test/support/markdown-table.ts';
import type { SizeFinding } from '../measurements/growth-at-size.ts';
import { spellNumber, spellTime } from '../reports/spelling.ts';

const AT_SIZE = fileURLToPath(new URL('../measurements/growth-at-size.ts', import.meta.url));
const SIZES = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
const COLUMNS = ['elements', 'arrays', 'GB/s', 'arena', 'GB/s', 'memory beside x and y'];

/** Prints how instanceNorm's time and memory grow, each size in a process of its own. */
export function growth(): void {
  const rows = SIZES.map((size) => {
    const output = execFileSync(process.execPath, [...process.execArgv, AT_SIZE, String(size)]);
    const { arrays, arena, memory }: SizeFinding = JSON.parse(output.toString());
    const speed = (seconds: number) => spellNumber((8 * size) / seconds / 1e9);
    return [
      size.toExponential(0).replace('+', ''),
      spellTime(arrays),
      speed(arrays),
      spellTime(arena),
      speed(arena),
      `${spellNumber(memory / 2 ** 20)} MB`,
    ];
  });
  console.log(`### instanceNorm, ten channels\n\n${markdownTable([COLUMNS, ...rows])}`);
}
