import type { Team } from './contestant.ts';
import { memoryCopy } from './memory-copy.ts';
import { inThreads, ONNXRUNTIME_NODE, ONNXRUNTIME_WEB, TFJS, TORCH } from './names.ts';
import { onnxruntimeNode, onnxruntimeWeb } from './onnxruntime.ts';
import { ours, oursOnThreads } from './ours.ts';
import { plainJavaScript } from './plain-javascript.ts';
import { pytorch } from './pytorch.ts';
import { tfjs } from './tfjs.ts';

type Peers = Readonly<Record<string, () => Promise<Team>>>;

const PEERS: Peers = {
  [ONNXRUNTIME_WEB]: onnxruntimeWeb,
  [ONNXRUNTIME_NODE]: () => onnxruntimeNode(),
  [TFJS]: tfjs,
  [TORCH]: () => pytorch(),
};

/** Opens all teams, and says which peers are left out because they can't be loaded here. */
export async function openTeams(): Promise<readonly Team[]> {
  return [await memoryCopy(), ours(), plainJavaScript(), ...(await openPeers(PEERS))];
}

/** Opens the teams that have threads, with each number of them. */
export async function openThreadedTeams(counts: readonly number[]): Promise<readonly Team[]> {
  const peers = counts.flatMap((count): [string, () => Promise<Team>][] => [
    [`${ONNXRUNTIME_NODE}${inThreads(count)}`, () => onnxruntimeNode(count)],
    [`${TORCH}${inThreads(count)}`, () => pytorch(count)],
  ]);
  return [oursOnThreads(counts), ...(await openPeers(Object.fromEntries(peers)))];
}

async function openPeers(peers: Peers): Promise<Team[]> {
  const teams: Team[] = [];
  for (const [name, open] of Object.entries(peers)) {
    try {
      teams.push(await open());
    } catch (error) {
      console.log(`${name} is left out: ${(error as Error).message}\n`);
    }
  }
  return teams;
}
