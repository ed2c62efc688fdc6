import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { markdownTable } from '../support/markdown-table.ts';

const FOLDERS = ['tensor', 'views', 'passes', 'layers', 'checkpoints'];

const HELP = `npm run mutants:src -- [FOLDER...] [options]

Breaks the TypeScript sources one expression at a time, by Stryker, and runs the quick
tests on each mutant: some test should fail. Takes the folders of src/ one by one, by
default ${FOLDERS.join(', ')}; each takes half an hour on two
cores. A second run tries only what has changed since. Prints the mutants that no test
noticed, and the score of each folder. Exits with 1 if one of those is under 90%.

  --force   tries every mutant again
  --help    prints this`;

/** The share of a folder's mutants that tests have to kill. */
const REQUIRED = 0.9;

/** Of a report in the schema of mutation-testing-report, what is read here. */
interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>;
}

interface Mutant {
  readonly status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'Ignored';
}

const { values: options, positionals } = parseArgs({
  options: {
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const folders = positionals.length > 0 ? positionals : FOLDERS;
const unknown = folders.find((folder) => !existsSync(`src/${folder}`));

if (options.help) {
  console.log(HELP);
} else if (unknown !== undefined) {
  console.error(`src/ has no folder '${unknown}'; it has ${readdirSync('src').join(', ')}`);
  process.exitCode = 1;
} else {
  mkdirSync('build', { recursive: true });
  const rows = folders.map((folder) => row(folder, mutate(folder)));
  console.log(markdownTable([['folder', 'mutants', 'noticed', 'unnoticed', 'score'], ...rows]));
}

/** Tries the mutants of a folder. Stryker prints those that no test noticed. */
function mutate(folder: string): Mutant[] {
  const report = `build/mutants-${folder}.json`;
  const { status } = spawnSync(
    process.execPath,
    [
      'test/stryker/node_modules/@stryker-mutator/core/bin/stryker.js',
      'run',
      'test/stryker/stryker.config.json',
      ...['--mutate', `src/${folder}/**/*.ts,!src/kernels/compiled-*.ts`],
      ...['--incrementalFile', report],
      ...(options.force ? ['--force'] : []),
    ],
    { stdio: 'inherit', env: { ...process.env, MUTATED_FOLDER: folder } },
  );
  if (status !== 0) throw new Error(`Stryker ended with status ${status} on src/${folder}`);
  const { files }: Report = JSON.parse(readFileSync(report, 'utf8'));
  return Object.values(files).flatMap(({ mutants }) => mutants);
}

function row(folder: string, mutants: readonly Mutant[]): string[] {
  const noticed = count(mutants, 'Killed', 'Timeout');
  const unnoticed = count(mutants, 'Survived', 'NoCoverage');
  const score = noticed / (noticed + unnoticed);
  if (FOLDERS.includes(folder) && score < REQUIRED) process.exitCode = 1;
  return [
    folder,
    `${mutants.length}`,
    `${noticed}`,
    `${unnoticed}`,
    `${(100 * score).toFixed(1)}%`,
  ];
}

function count(mutants: readonly Mutant[], ...statuses: Mutant['status'][]): number {
  return mutants.filter(({ status }) => statuses.includes(status)).length;
}
