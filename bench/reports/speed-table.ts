import { markdownTable } from '../../test/support/markdown-table.ts';
import {
  ONNXRUNTIME_NODE,
  ONNXRUNTIME_WEB,
  OURS,
  PLAIN,
  TFJS,
  TORCH,
} from '../contestants/names.ts';
import type { Results } from './results.ts';

/** What is timed: a problem and a shape of the results. */
type Where = readonly [problem: string, shape: string];

// The rows: what is timed, under a label.
const ROWS: readonly (readonly [label: string, ...Where])[] = [
  ['instance', 'instanceNorm', '8x64x56x56'],
  ['instance 1x64x256x256', 'instanceNorm', '1x64x256x256'],
  ['batch, training', 'batchNorm in training', '8x64x56x56'],
  ['group', 'groupNorm', '8x64x56x56'],
  ['layer 256x768', 'layerNorm', '256x768'],
  ['instance, gradients', 'instanceNorm, backward', '8x64x56x56'],
];

// The columns: what contestants' names begin with, under a label.
type Columns = Readonly<Record<string, string>>;

const WAYS: Columns = {
  'in place': OURS.inPlace,
  'in an arena': OURS.arena,
  'arrays, `out`': OURS.arrays,
  'arrays, fresh result': OURS.fresh,
  'plain JS': PLAIN,
};

function peersIn({ timings }: Results): Columns {
  const names = timings.flatMap(({ seconds }) => Object.keys(seconds));
  const version = names.find((name) => name.startsWith(TORCH))?.split(' ')[1] ?? '';
  return {
    'onnxruntime-web': ONNXRUNTIME_WEB,
    'onnxruntime-node': ONNXRUNTIME_NODE,
    tfjs: TFJS,
    [`PyTorch ${version}`.trim()]: TORCH,
    'plain JS': PLAIN,
  };
}

const NOTHING = '-';

/**
 * Writes README.md's tables of speed as Markdown: the library's times by where its
 * tensors lie, its peers' times as multiples of them, and what they were measured on.
 */
export function speedTable(results: Results): string {
  const { date, machine, node, commit, effort } = results;
  const peers = peersIn(results);
  const times = ROWS.map(([label, ...where]) => [
    label,
    ...Object.values(WAYS).map((way) => spellMilliseconds(secondsOf(results, where, way))),
  ]);
  const ratios = ROWS.map(([label, ...where]) => [
    label,
    ...Object.values(peers).map((peer) => spellRatio(ratioOf(results, where, peer, OURS.arena))),
  ]);
  return `Milliseconds a call, on one thread, of 8x64x56x56 where no other shape is named:

${markdownTable([['', ...Object.keys(WAYS)], ...times])}
Each peer's time divided by ours in an arena, so 5.8 x means that ours is 5.8 times as fast:

${markdownTable([['', ...Object.keys(peers)], ...ratios])}
Measured on ${date}, commit ${commit}, Node ${node}, ${machine.processor} (${machine.cores} cores);
medians of ${effort.rounds} rounds of ${effort.seconds} s each.
`;
}

/**
 * Divides a peer's time by one of ours, so 5.8 means that ours is 5.8 times as fast.
 *
 * @param peer the beginning of the names of its contestants, of which the fastest counts
 * @returns undefined if one of them has no such operation
 */
export function ratioOf(
  results: Results,
  where: Where,
  peer: string,
  ours: string,
): number | undefined {
  const [theirs, own] = [secondsOf(results, where, peer), secondsOf(results, where, ours)];
  return theirs && own && theirs / own;
}

function secondsOf(
  { timings }: Results,
  [problem, shape]: Where,
  contestant: string,
): number | undefined {
  const timing = timings.find((found) => found.problem === problem && found.shape === shape);
  const found = Object.entries(timing?.seconds ?? {}).filter(([name]) =>
    name.startsWith(contestant),
  );
  return found.length === 0 ? undefined : Math.min(...found.map(([, seconds]) => seconds));
}

function spellMilliseconds(seconds: number | undefined): string {
  return seconds === undefined ? NOTHING : spellTwoDigits(seconds * 1e3);
}

function spellRatio(ratio: number | undefined): string {
  return ratio === undefined ? NOTHING : `${spellTwoDigits(ratio)} x`;
}

// A shared machine gives no third digit again.
function spellTwoDigits(value: number): string {
  return value.toFixed(value < 0.995 ? 2 : value < 9.95 ? 1 : 0);
}
