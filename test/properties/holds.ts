import fc from 'fast-check';
import { test } from 'vitest';

/** What the fuzzer asks for in place of what `npm test` does. */
export interface Fuzzing {
  /** The number of cases of all properties together. */
  readonly cases: number;
  readonly seed: number;
  /** The path of one case, as a failure prints it. */
  readonly path?: string;
}

/** The number of cases in `npm test`: the sum of those of all properties. */
export const CASES = 2470;

const fuzzing: Fuzzing = JSON.parse(process.env.FUZZING ?? `{"cases":${CASES},"seed":1}`);

const EVERY_MS = 10_000;

/**
 * Tests that a property holds for `cases` of the 2,470 cases, or for that share of those that
 * the fuzzer asks for. A failure prints the smallest case found, and the command that finds
 * it again.
 */
export function holds<Case>(
  name: string,
  cases: number,
  arbitrary: fc.Arbitrary<Case>,
  predicate: (value: Case) => void,
): void {
  const { seed, path } = fuzzing;
  const numRuns = path ? 1 : Math.ceil((cases * fuzzing.cases) / CASES);
  test(name, () => {
    const progress = process.env.FUZZING ? watch(name, numRuns) : () => {};
    const property = fc.property(arbitrary, (value) => {
      progress();
      predicate(value);
    });
    const found = fc.check(property, { seed, numRuns, ...(path ? { path } : {}) });
    if (!found.failed) return;
    const again = `npm run fuzz -- --property '${name}' --seed ${found.seed} --path ${found.counterexamplePath}`;
    const error = found.errorInstance as Error | null;
    throw new Error(
      `${error?.message}\nof ${fc.stringify(found.counterexample)}\nagain: ${again}`,
      { cause: error },
    );
  });
}

/** Returns a function that counts cases, and prints their number every ten seconds. */
function watch(name: string, total: number): () => void {
  let done = 0;
  let printed = Date.now();
  return () => {
    done++;
    if (Date.now() - printed < EVERY_MS) return;
    printed = Date.now();
    process.stderr.write(`${name}: ${done} of ${total}\n`);
  };
}
