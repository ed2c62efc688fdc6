import { fileURLToPath } from 'node:url';
import { installed, output } from './command.ts';
import { deno, node } from './command-lines.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Rejects if the types of the packed library don't resolve, or if JSR would not accept its sources. */
export async function checkPublishing(tarball: string): Promise<void> {
  const attw = installed('@arethetypeswrong/cli/dist/index.js');
  await output(node(24), [attw, tarball], root);
  await output(deno, ['publish', '--dry-run', '--allow-dirty'], root);
}
