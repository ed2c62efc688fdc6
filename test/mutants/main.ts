import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type Outcome, tryMutations } from './campaign.ts';
import { mutationsOfKernels } from './mutations.ts';
import { report } from './report.ts';

const HELP = `npm run mutants -- [options]

Breaks the kernels, one operator, constant, call or statement at a time, and runs
the tests on each mutant: some test should fail. Prints the share of mutants that
fail a test, and the lines of those that fail none.

  --file TEXT   only files with TEXT in their path; may be given several times
  --jobs N      how many at a time; ${availableParallelism()} by default
  --every N     only every N-th mutation
  --quick       only the tests of the kernels, without those of the library
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

// The share of the mutants that change a result which tests have to kill.
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
    // Written after each outcome, so that a run that is cut off leaves its results.
    writeFileSync('build/mutants.json', `${JSON.stringify(outcomes, null, 2)}\n`);
    if (process.stderr.isTTY) process.stderr.write(`\r${outcomes.length}/${mutations.length}`);
  }
  const { text, score } = report(outcomes);
  console.log(text);
  if (score < REQUIRED) process.exitCode = 1;
}
