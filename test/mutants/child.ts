// A process that keeps Vitest warm, and runs tests on kernels that it is sent. Some
// never end, and it with them: the parent ends it where it falls silent.

import { fileURLToPath } from 'node:url';
import { createVitest } from 'vitest/node';

/** What the parent asks. */
export interface Question {
  /** A module, in base64. */
  readonly kernels: string;
  /** The test files to run. */
  readonly files: readonly string[];
  /** Which of the tests, by a regular expression. */
  readonly pattern: string;
}

/** What it is told: that a test has ended, or all have. */
export type Answer = 'alive' | Verdict;

export interface Verdict {
  /** The first test that failed. */
  readonly failed: string | null;
  /** Of what the kernels wrote, where no test failed. */
  readonly digest: string;
}

const send = (answer: Answer) => process.send?.(answer);

const vitest = await createVitest('test', {
  config: fileURLToPath(new URL('vitest.config.ts', import.meta.url)),
  reporters: [{ onTestCaseResult: () => void send('alive') }],
});

process.on('message', async ({ kernels, files, pattern }: Question) => {
  vitest.provide('kernels', kernels);
  vitest.setGlobalTestNamePattern(new RegExp(pattern));
  const specifications = await vitest.globTestSpecifications([...files]);
  const { testModules } = await vitest.runTestSpecifications(specifications, true);
  const bad = testModules.filter((module) => !module.ok());
  const [test] = bad.flatMap((module) => [...module.children.allTests('failed')]);
  send({
    failed: test?.fullName.replaceAll(' > ', ' ') ?? bad[0]?.moduleId ?? null,
    digest: testModules
      .flatMap((module) => [...module.children.allTests()])
      .map((test) => `${test.id} ${test.meta().digest}`)
      .sort()
      .join(),
  });
});

send('alive');
