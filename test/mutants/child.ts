// A process that keeps Vitest warm and runs tests on the kernels that it is sent. Some tests never
// end, and then neither does this process: its parent ends it when it falls silent.

import { fileURLToPath } from 'node:url';
import { createVitest } from 'vitest/node';
import type { ModuleName } from '../support/compile-kernels.ts';
import type { Doings } from './loader.ts';

/** The modules by name, in base64. */
export type Modules = Readonly<Record<ModuleName, string>>;

/** What the parent asks. */
export interface Question {
  readonly modules: Modules;
  /** Parts of the paths of the test files to run. */
  readonly files: readonly string[];
  /** A regular expression for the names of the tests to run. */
  readonly pattern: string;
}

/** What the parent is told: 'alive' when a test has ended, the verdict when all have. */
export type Answer = 'alive' | Verdict;

export interface Verdict {
  /** The name of the first test that failed. */
  readonly failed: string | null;
  /** The tests that passed. */
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

process.on('message', async ({ modules, files, pattern }: Question) => {
  vitest.provide('modules', modules);
  vitest.setGlobalTestNamePattern(new RegExp(pattern));
  const specifications = await vitest.globTestSpecifications([...files]);
  const { testModules: all } = await vitest.runTestSpecifications(specifications, true);
  // Vitest also reports files that were run before.
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

/** The name of a test as Vitest matches it with a pattern. */
function nameOf({ fullName }: { readonly fullName: string }): string {
  return fullName.replaceAll(' > ', ' ');
}

send('alive');
