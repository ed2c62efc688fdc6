import type { Row } from './row.ts';
import type { Report } from './suite/report.ts';
import { WANTED } from './suite/threads.ts';

const AT_ONCE = 2;

interface Outcome extends Report {
  /** Milliseconds from import to first result. */
  readonly firstResult: number;
}

type Finding = { readonly row: Row } & (
  | { readonly outcome: Outcome; readonly error?: never }
  | { readonly outcome?: never; readonly error: Error }
);

async function find(row: Row): Promise<Finding> {
  try {
    const printed = await row.run();
    const line = printed.trim().split('\n').at(-1) ?? '';
    return { row, outcome: JSON.parse(line) as Outcome };
  } catch (error) {
    return { row, error: error as Error };
  }
}

/**
 * Runs rows, a few at a time, and prints them in their order. Resolves to whether all passed and
 * all bits are equal.
 */
export async function printTable(rows: readonly Row[]): Promise<boolean> {
  console.log(
    `\n${'runtime'.padEnd(24)}${'version'.padEnd(18)} cases  ${'digest'.padEnd(16)}  threads  first result`,
  );
  const findings = await findAll(rows);
  const wrong = findings.filter(
    ({ row, outcome }) =>
      !outcome || outcome.failures.length > 0 || (row.hasThreads && outcome.threads !== WANTED),
  );
  const digests = new Set(findings.flatMap(({ outcome }) => outcome?.digest ?? []));
  if (digests.size > 1) console.log(`\nThe bits differ: ${digests.size} digests.`);
  console.log(`\n${findings.length - wrong.length} rows passed, ${wrong.length} failed`);
  return wrong.length === 0 && digests.size === 1;
}

/** Runs all rows, a few at a time, and prints them in their order. */
async function findAll(rows: readonly Row[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let next = 0;
  let printed = 0;
  const work = async () => {
    for (let index = next++; index < rows.length; index = next++) {
      findings[index] = await find(rows[index] as Row);
      for (let ready = findings[printed]; ready; ready = findings[++printed]) {
        console.log(describe(ready));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return findings;
}

function describe({ row: { runtime, version }, outcome, error }: Finding): string {
  const name = `${runtime.padEnd(24)}${version.padEnd(18)}`;
  if (error) return `${name}failed: ${error.message}`;
  const { cases, digest, threads, firstResult, failures } = outcome;
  const time = `${firstResult.toFixed(1)} ms`;
  const line = `${name}${String(cases).padStart(6)}  ${digest}  ${String(threads).padStart(7)}  ${time.padStart(9)}`;
  return [line, ...failures.map((failure) => `  failed: ${failure}`)].join('\n');
}
