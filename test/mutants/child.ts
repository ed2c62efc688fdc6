// A process that keeps Vitest warm, and runs tests on kernels that it is sent. Some
// never end, and it with them: the parent ends it where it falls silent.

import { fileURLToPath } from 'node:url';
import { createVitest } from 'vitest/node';
import type { Doings } from './loader.ts';

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
  /** Those that passed. */
  readonly passed: readonly Passed[];
}

export interface Passed extends Doings {
  readonly id: string;
  readonly name: string;
  readonly seconds: number;
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
  const { testModules: all } = await vitest.runTestSpecifications(specifications, true);
  // Vitest goes on to tell of files that were run before.
  const testModules = all.filter(({ moduleId }) =>
    specifications.some((specification) => specification.moduleId === moduleId),
  );
  const bad = testModules.find((module) => !module.ok());
  const [failed] = bad?.children.allTests('failed') ?? [];
  send({
    failed: failed ? nameOf(failed) : (bad?.moduleId ?? null),
    passed: testModules.flatMap((module) =>
      [...module.children.allTests('passed')].map((test) => ({
        id: test.id,
        name: nameOf(test),
        seconds: (test.diagnostic()?.duration ?? 0) / 1000,
        ...(test.meta().doings ?? { kernels: [], digest: 0 }),
      })),
    ),
  });
});

/** As a pattern sees it. */
function nameOf({ fullName }: { readonly fullName: string }): string {
  return fullName.replaceAll(' > ', ' ');
}

send('alive');
