import type { Team } from './contestant.ts';
import { memoryCopy } from './memory-copy.ts';
import { ONNXRUNTIME_NODE, ONNXRUNTIME_WEB, TFJS, TORCH } from './names.ts';
import { onnxruntimeNode, onnxruntimeWeb } from './onnxruntime.ts';
import { ours } from './ours.ts';
import { plainJavaScript } from './plain-javascript.ts';
import { pytorch } from './pytorch.ts';
import { tfjs } from './tfjs.ts';

const PEERS: Readonly<Record<string, () => Promise<Team>>> = {
  [ONNXRUNTIME_WEB]: onnxruntimeWeb,
  [ONNXRUNTIME_NODE]: onnxruntimeNode,
  [TFJS]: tfjs,
  [TORCH]: pytorch,
};

/** Opens all teams, and says which peers are left out because they can't be loaded here. */
export async function openTeams(): Promise<readonly Team[]> {
  const teams = [await memoryCopy(), ours(), plainJavaScript()];
  for (const [name, open] of Object.entries(PEERS)) {
    try {
      teams.push(await open());
    } catch (error) {
      console.log(`${name} is left out: ${(error as Error).message}\n`);
    }
  }
  return teams;
}
