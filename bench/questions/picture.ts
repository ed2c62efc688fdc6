import { writeFileSync } from 'node:fs';
import { readResults } from '../reports/results.ts';
import { speedPicture } from '../reports/speed-picture.ts';

const PICTURE = new URL('../../docs/images/bench.svg', import.meta.url);

/** Draws the README's picture of what is in bench/results.json. */
export function picture(): void {
  writeFileSync(PICTURE, speedPicture(readResults()));
}
