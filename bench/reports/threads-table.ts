import { markdownTable } from '../../test/support/markdown-table.ts';
import { inThreads, isOurs } from '../contestants/names.ts';
import type { Timing } from './results.ts';
import { spellNumber, spellTime } from './spelling.ts';
import { countsOf, type ThreadsResults } from './threads-results.ts';

const NORMS = ['instanceNorm', 'batchNorm in training', 'groupNorm', 'layerNorm', 'rmsNorm'];

/** Lays out how many times as fast as one thread the most threads are, forward and backward. */
export function gainsTable(results: ThreadsResults): string {
  const { timings } = results;
  const most = countsOf(results).at(-1) as number;
  const gainOf = (problem: string, shape: string): string => {
    const isOwn = (timing: Timing) => timing.problem === problem && timing.shape === shape;
    const seconds = timings.find(isOwn)?.seconds;
    const [one, many] = [seconds?.ours, seconds?.[`ours${inThreads(most)}`]];
    return one === undefined || many === undefined ? '' : spellNumber(one / many);
  };
  const rows = NORMS.flatMap((norm) =>
    timings
      .filter(({ problem }) => problem === norm)
      .map(({ shape }) => [
        `\`${norm.replace(' in training', '`, training')}${norm.includes(' ') ? '' : '`'}`,
        shape.replaceAll('x', ' x '),
        gainOf(norm, shape),
        gainOf(`${norm}, backward`, shape),
      ]),
  );
  return markdownTable([[`${most} threads`, 'of', 'forward', 'backward'], ...rows]);
}

/** Lays out what threads that share nothing gain, beside those of a shared arena. */
export function boundsTable({ bounds }: ThreadsResults): string {
  const rows = bounds.map(({ threads, megabytes, apart, shared }) => [
    `${threads} threads, ${megabytes} MB`,
    spellNumber(apart),
    spellNumber(shared),
  ]);
  const heading = ['`instanceNorm`', 'a tensor for each thread', 'one tensor for all'];
  return markdownTable([heading, ...rows]);
}

/** Lays out the times of an operation: a column for each shape, a line for each contestant. */
export function timesTables(timings: readonly Timing[]): string {
  // More columns are wider than a terminal.
  const parts = Array.from({ length: Math.ceil(timings.length / 4) }, (_, i) =>
    tableOf(timings.slice(4 * i, 4 * i + 4)),
  );
  return `### ${timings[0]?.problem}\n\n${parts.join('\n')}`;
}

function tableOf(timings: readonly Timing[]): string {
  const contestants = [...new Set(timings.flatMap(({ seconds }) => Object.keys(seconds)))];
  const rows = contestants.map((contestant) => [
    contestant,
    ...timings.map(({ seconds }) => {
      const own = seconds[contestant];
      return own === undefined ? '' : spellTime(own);
    }),
  ]);
  const [one, ...others] = contestants.filter(isOurs);
  const gains = others.map((contestant) => [
    `gain of ${contestant}`,
    ...timings.map(({ seconds }) =>
      spellNumber((seconds[one as string] as number) / (seconds[contestant] as number)),
    ),
  ]);
  return markdownTable([['', ...timings.map(({ shape }) => shape)], ...rows, ...gains]);
}
