import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installed, output } from './command.ts';
import { deno, node } from './command-lines.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Rejects if the types of the packed library don't resolve, or if JSR would not accept its sources. */
export async function checkPublishing(tarball: string): Promise<void> {
  const attw = installed('@arethetypeswrong/cli/dist/index.js');
  // The program of workers is a file to serve. Nobody imports it, so it has no types.
  await output(node(24), [attw, tarball, '--exclude-entrypoints', 'worker'], root);
  await output(deno, ['publish', '--dry-run', '--allow-dirty'], root);
}

/** Rejects if the packed command line, installed beside the packed library, does not restyle. */
export async function checkCommandLine(library: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wasm-norm-cli-'));
  // Without it npm would install into a folder above that has one.
  writeFileSync(join(folder, 'package.json'), '{}');
  await output(process.execPath, ['scripts/stage-cli.mjs'], root);
  const pack = ['pack', './build/cli', '--silent', '--pack-destination', folder];
  const commandLine = join(folder, (await output('npm', pack, root)).trim());
  await output('npm', ['install', '--no-audit', '--no-fund', library, commandLine], folder);
  const [content, style] = ['chelsea', 'rocket'].map((name) =>
    join(root, `examples/restyle/photos/${name}.jpg`),
  ) as [string, string];
  const restyle = ['wasm-norm', 'restyle', content, '--style', style, '--out', 'result.webp'];
  const said = await output('npx', restyle, folder);
  if (!/^result\.webp: 451 x 300, \d+ KB\n$/.test(said)) throw new Error(`wasm-norm said ${said}`);
  rmSync(folder, { recursive: true });
}
