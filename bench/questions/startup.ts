import { execFileSync } from 'node:child_process';
import { median } from '../reports/median.ts';
import { spellTime } from '../reports/spelling.ts';

const ROUNDS = 31;
const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;
const EMPTY = '';
const FIRST_RESULT = `
  import { instanceNorm, Tensor } from '${LIBRARY}';
  instanceNorm(new Tensor(new Float32Array(54).fill(1), [2, 3, 3, 3]));
`;

/** Prints how much longer a program takes that imports the library and normalizes one tensor. */
export function startup(): void {
  const empty: number[] = [];
  const firstResult: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    empty.push(secondsOf(EMPTY));
    firstResult.push(secondsOf(FIRST_RESULT));
  }
  const [without, within] = [median(empty), median(firstResult)];
  console.log(`empty script         ${spellTime(without)}`);
  console.log(`import, first result ${spellTime(within)}: ${spellTime(within - without)} more`);
}

function secondsOf(program: string): number {
  const begin = performance.now();
  execFileSync(process.execPath, ['--input-type=module', '--eval', program]);
  return (performance.now() - begin) / 1e3;
}
