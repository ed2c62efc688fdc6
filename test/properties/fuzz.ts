// npm run fuzz tests the properties of this folder on more cases than npm test has time for.

import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';
import type { Fuzzing } from './holds.ts';

const USAGE = `Tests the properties of test/properties on random calls.

  npm run fuzz -- [--cases N] [--seed S] [--property NAME [--path PATH]]

  --cases N        of all properties together (20000)
  --seed S         a whole number; the same seed draws the same cases (the time)
  --property NAME  only the one of this name
  --path PATH      only the one case that a failure named, with its property and seed`;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    property: { type: 'string' },
    path: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  const { property, path } = values;
  const fuzzing: Fuzzing = {
    cases: wholeNumber('cases', values.cases),
    seed: wholeNumber('seed', values.seed),
    ...(path ? { path } : {}),
  };
  const what = path ? `case ${path}` : `${fuzzing.cases} cases`;
  console.log(`${what} of seed ${fuzzing.seed}`);
  const start = performance.now();
  const vitest = await startVitest('test', ['test/properties/'], {
    watch: false,
    testTimeout: 0,
    disableConsoleIntercept: true,
    ...(property ? { testNamePattern: `^${escaped(property)}$` } : {}),
    env: { FUZZING: JSON.stringify(fuzzing) },
  });
  await vitest.close();
  const seconds = Math.round((performance.now() - start) / 1000);
  const outcome = process.exitCode ? 'FAILED' : 'held';
  console.log(`${what} of seed ${fuzzing.seed}: ${outcome}, in ${seconds} s`);
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) {
    console.error(`--${name}: expected a whole number, got '${text}'`);
    process.exit(1);
  }
  return number;
}

/** Returns a regular expression that matches the text itself. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
