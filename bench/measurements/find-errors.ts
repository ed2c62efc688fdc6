import { moments } from '../../test/support/reference.ts';
import type { Row, Rows } from '../../test/support/rows.ts';
import type { Contestant, Team } from '../contestants/contestant.ts';
import type { Inputs, Operation, Sharing } from '../problems/operation.ts';
import { type Problem, problemsOf } from '../problems/problem.ts';
import type { Shape } from '../problems/shapes.ts';
import type { Errors, KindFinding } from '../reports/accuracy-findings.ts';
import { worstError } from './worst-error.ts';

const EPS = 1e-5;

/** Has every contestant normalize the rows, all of one length at once, without weight and bias. */
export async function findErrors(
  kind: string,
  rows: Rows,
  operation: Operation,
  teams: readonly Team[],
): Promise<KindFinding> {
  const byLength = new Map<number, Row[]>();
  for (const row of rows) {
    const { length } = row[1];
    byLength.set(length, [...(byLength.get(length) ?? []), row]);
  }
  const errors: Record<string, Errors> = {};
  let count = 0;
  for (const [length, some] of byLength) {
    const problem = problemOf(operation, some.length, length);
    const inputs = inputsOf(problem, some);
    const finite = some.map(([, values]) => values.every(Number.isFinite));
    const expected = some.map(([, values]) => expectedOf(operation, values));
    count += finite.filter(Boolean).length;
    for (const contestant of teams.flatMap((team) => team.enter(problem))) {
      const y = await resultOf(contestant, inputs);
      const found = expected.flatMap((wanted, i) =>
        finite[i] ? [worstError(y.subarray(i * length, (i + 1) * length), wanted)] : [],
      );
      const before = errors[contestant.name] ?? { worst: 0, rowsOfNaN: 0 };
      errors[contestant.name] = {
        worst: Math.max(before.worst, ...found.filter((error) => !Number.isNaN(error))),
        rowsOfNaN: before.rowsOfNaN + found.filter(Number.isNaN).length,
      };
    }
  }
  return { kind, rows: count, errors };
}

async function resultOf(contestant: Contestant, inputs: Inputs): Promise<Float32Array> {
  await contestant.load(inputs);
  await contestant.call();
  const [y] = await contestant.results();
  await contestant.release?.();
  return y as Float32Array;
}

/** The shape in which each row has a mean and a variance of its own. */
const SHAPES: Readonly<Record<Sharing, (rows: number, length: number) => Shape>> = {
  'sample and channel': (rows, length) => [rows, 1, 1, length],
  'sample and group': (rows, length) => [rows, 1, 1, length],
  channel: (rows, length) => [1, rows, 1, length],
  row: (rows, length) => [rows, length],
};

function problemOf(operation: Operation, rows: number, length: number): Problem {
  const shape = SHAPES[operation.sharing](rows, length);
  const [forward] = problemsOf({ ...operation, shapes: [shape], layouts: ['nchw'] });
  return forward as Problem;
}

function inputsOf({ elements, channels }: Problem, rows: readonly Row[]): Inputs {
  const x = new Float32Array(elements);
  let start = 0;
  for (const [, values] of rows) {
    x.set(values, start);
    start += values.length;
  }
  return {
    x,
    gradOutput: new Float32Array(0),
    weight: new Float32Array(channels).fill(1),
    bias: new Float32Array(channels),
    runningMean: new Float32Array(channels),
    runningVar: new Float32Array(channels).fill(1),
  };
}

function expectedOf({ statistics }: Operation, row: Float32Array): Float64Array {
  const found = moments(row);
  const centred = statistics === 'mean and variance';
  const mean = centred ? found.mean : 0;
  const square = found.variance + (centred ? 0 : found.mean ** 2);
  return Float64Array.from(row, (value) => (value - mean) / Math.sqrt(square + EPS));
}
