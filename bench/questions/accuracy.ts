import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LIMIT, OURS } from '../contestants/names.ts';
import { openTeams } from '../contestants/teams.ts';
import { findErrors } from '../measurements/find-errors.ts';
import { KINDS, RATIOS, rowsOfMean } from '../problems/data-kinds.ts';
import { OPERATIONS } from '../problems/operations.ts';
import type { KindFinding, MeanFinding, OperationFinding } from '../reports/accuracy-findings.ts';
import { accuracyPicture } from '../reports/accuracy-picture.ts';
import { accuracyTable } from '../reports/accuracy-table.ts';

const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));
const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

// The library gives the same bits wherever its data lie.
const LEFT_AWAY: readonly string[] = [LIMIT, OURS.arrays, OURS.inPlace, OURS.fresh];

// Given statistics have no error of their own.
const NORMALIZATIONS = OPERATIONS.filter(({ statistics }) => statistics !== 'given');

/**
 * Compares all contestants with float64 on every kind of data, prints the tables, and
 * writes them to results/ as JSON and Markdown, with a picture.
 *
 * @param publish whether to write docs/accuracy.md and the README's picture too
 */
export async function accuracy(publish: boolean): Promise<void> {
  const teams = (await openTeams()).map((team) => ({
    ...team,
    enter: (problem: Parameters<typeof team.enter>[0]) =>
      team.enter(problem).filter(({ name }) => !LEFT_AWAY.includes(name)),
  }));
  const findings: OperationFinding[] = [];
  const means: MeanFinding[] = [];
  try {
    for (const operation of NORMALIZATIONS) {
      const kinds: KindFinding[] = [];
      for (const [kind, rows] of Object.entries(KINDS)) {
        kinds.push(await findErrors(kind, rows(), operation, teams));
      }
      const finding = { operation: operation.name, kinds };
      console.log(accuracyTable(finding));
      findings.push(finding);
    }
    for (const ratio of RATIOS) {
      const [instanceNorm] = NORMALIZATIONS as [(typeof NORMALIZATIONS)[number]];
      const kind = `mean ${ratio}`;
      means.push({
        ratio,
        finding: await findErrors(kind, rowsOfMean(ratio), instanceNorm, teams),
      });
    }
  } finally {
    for (const team of teams) team.close?.();
  }
  write(findings, means, publish);
  const wrong = findings.flatMap(({ kinds }) =>
    kinds.flatMap(({ errors }) => errors[OURS.arena] ?? []),
  );
  if (wrong.some(({ worst, rowsOfNaN }) => rowsOfNaN > 0 || worst > 2 ** -22)) process.exitCode = 1;
}

function write(
  findings: readonly OperationFinding[],
  means: readonly MeanFinding[],
  publish: boolean,
): void {
  mkdirSync(RESULTS, { recursive: true });
  const text = `# How exact

Written by \`npm run accuracy -- --publish\` on Node ${process.versions.node}.

The worst of \`|y - y*| / max(1, |y*|)\` over all rows of a kind, with \`y*\` computed in float64
from the same float32 input, eps 1e-5 and neither weight nor bias. The contract of wasm-norm is
2^-22, which is 2.4e-7. "NaN in 3 of 56" means that so many rows had a NaN in the result and none
in the input; the error is then that of the other rows. The rows of each kind are
in \`test/support/rows.ts\` and \`bench/problems/data-kinds.ts\`.

Plain JavaScript is the nearest: every number in it is a float64, and each result is rounded once.
It takes two passes, one element at a time; [the benchmark](../README.md#how-fast) says how long.

![Worst error of instance normalization by the mean of the data](images/accuracy.svg)

${findings.map(accuracyTable).join('\n')}`;
  const picture = accuracyPicture(means);
  writeFileSync(`${RESULTS}accuracy.json`, `${JSON.stringify({ findings, means }, null, 2)}\n`);
  writeFileSync(`${RESULTS}accuracy.md`, text);
  writeFileSync(`${RESULTS}accuracy.svg`, picture);
  if (!publish) return;
  writeFileSync(`${DOCS}accuracy.md`, text);
  writeFileSync(`${DOCS}images/accuracy.svg`, picture);
}
