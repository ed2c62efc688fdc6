import {
  ONNXRUNTIME_NODE,
  ONNXRUNTIME_WEB,
  OURS,
  PLAIN,
  TFJS,
  TORCH,
} from '../contestants/names.ts';
import { median } from './median.ts';
import type { Timing } from './results.ts';
import { spellNumber } from './spelling.ts';

// What the names of peers' contestants begin with.
const PEERS: readonly string[] = [ONNXRUNTIME_WEB, ONNXRUNTIME_NODE, TFJS, TORCH, PLAIN];

// Times of a shared machine differ by as much from run to run.
const NOISE = 1.1;

/** Says in two lines for each peer where the library is ahead of it, level and behind. */
export function verdict(timings: readonly Timing[]): string {
  const width = Math.max(...PEERS.map((peer) => peer.length)) + 2;
  const lines = PEERS.flatMap((peer) => {
    const found = timings.flatMap((timing) => ratioOf(timing, peer, OURS.arena));
    const [least] = [...found].sort((a, b) => a.ratio - b.ratio);
    if (least === undefined) return [];
    const ratios = found.map(({ ratio }) => ratio);
    const ahead = ratios.filter((ratio) => ratio > NOISE).length;
    const behind = ratios.filter((ratio) => ratio < 1 / NOISE).length;
    const fresh = timings.flatMap((timing) => ratioOf(timing, peer, OURS.fresh));
    const ofFresh = spellNumber(median(fresh.map(({ ratio }) => ratio)));
    return [
      `${peer.padEnd(width)}ahead ${ahead}, level ${ratios.length - ahead - behind}, ` +
        `behind ${behind}; median ${spellNumber(median(ratios))}, of a fresh output ${ofFresh}`,
      `${' '.repeat(width)}least ${spellNumber(least.ratio)}: ${least.where}`,
    ];
  });
  return `\
Verdict: the time of each peer divided by that of ${OURS.arena}; level is within a factor of ${NOISE}.

${lines.join('\n')}
`;
}

interface Found {
  readonly ratio: number;
  readonly where: string;
}

/** Returns a peer's time divided by one of ours; nothing where one of them has none. */
function ratioOf({ problem, shape, seconds }: Timing, peer: string, ours: string): Found[] {
  const own = seconds[ours];
  const theirs = Object.entries(seconds).flatMap(([name, time]) =>
    name.startsWith(peer) ? [time] : [],
  );
  if (own === undefined || theirs.length === 0) return [];
  return [{ ratio: Math.min(...theirs) / own, where: `${problem}, ${shape}` }];
}
