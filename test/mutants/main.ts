import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type Outcome, tryMutations } from './campaign.ts';
import { mutationsOfKernels } from './mutations.ts';
import { report } from './report.ts';

const HELP = `npm run mutants -- [options]

Breaks the kernels, one operator, constant, call or statement at a time, and runs
the tests on each: some should fail. Prints the share that do, and where none does.

  --file TEXT   only files that have TEXT in their name, as often as you like
  --jobs N      so many at a time; ${availableParallelism()} unless told
  --every N     every N-th mutation alone
  --quick       the tests of the kernels alone, without those of the library
  --help        prints this`;

const { values: options } = parseArgs({
  options: {
    file: { type: 'string', multiple: true, default: [''] },
    jobs: { type: 'string', default: String(availableParallelism()) },
    every: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

// Of those that change a result.
const REQUIRED = 0.9;

if (options.help) {
  console.log(HELP);
} else {
  const mutations = mutationsOfKernels()
    .filter(({ path }) => options.file.some((text) => path.includes(text)))
    .filter((_, i) => i % Number(options.every) === 0);
  const outcomes: Outcome[] = [];
  mkdirSync('build', { recursive: true });
  for await (const outcome of tryMutations(mutations, Number(options.jobs), options.quick)) {
    outcomes.push(outcome);
    // As they come, for who can't wait or is cut off.
    writeFileSync('build/mutants.json', `${JSON.stringify(outcomes, null, 2)}\n`);
    if (process.stderr.isTTY) process.stderr.write(`\r${outcomes.length}/${mutations.length}`);
  }
  const { text, score } = report(outcomes);
  console.log(text);
  if (score < REQUIRED) process.exitCode = 1;
}
