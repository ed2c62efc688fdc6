import { fileURLToPath } from 'node:url';
import { installed, output } from './command.ts';
import { deno, node } from './command-lines.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Rejects if the types of the packed library don't resolve, or if JSR would not accept its sources. */
export async function checkPublishing(tarball: string): Promise<void> {
  const attw = installed('@arethetypeswrong/cli/dist/index.js');
  // `require` reaches an ES module on purpose. The tested releases of Node allow it.
  await output(node(24), [attw, tarball, '--ignore-rules', 'cjs-resolves-to-esm'], root);
  await output(deno, ['publish', '--dry-run', '--allow-dirty'], root);
}
