import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { installed, output } from './command.ts';
import { deno, node } from './command-lines.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// How far from PyTorch's a colour of 0 to 1 may be.
const MOST = 2e-5;

/** Rejects if painting differs from PyTorch's in Node, Deno or Bun, or a bit between them. */
export async function checkPainting(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wasm-norm-painting-'));
  await build({
    entryPoints: [fileURLToPath(new URL('suite/painting.ts', import.meta.url))],
    outfile: join(folder, 'painting.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    alias: { 'wasm-norm': join(root, 'dist/index.js') },
    logLevel: 'warning',
  });
  const files = {
    'style-network.safetensors': 'cli/paint/style-network.safetensors',
    'reference.safetensors': 'test/fixtures/style-network-reference.safetensors',
  };
  for (const [name, file] of Object.entries(files)) cpSync(join(root, file), join(folder, name));
  const bun = installed('@oven/bun-linux-x64/bin/bun');
  const printed = await Promise.all([
    output(node(20), ['painting.mjs'], folder),
    output(node(26), ['painting.mjs'], folder),
    output(deno, ['run', '--allow-read', '--no-prompt', 'painting.mjs'], folder),
    output(bun, ['painting.mjs'], folder),
  ]);
  if (new Set(printed.map((text) => text.trim())).size > 1) {
    throw new Error(`painting differs between runtimes: ${printed.join('')}`);
  }
  const found: readonly { error: number }[] = JSON.parse(printed[0] as string);
  const worst = Math.max(...found.map(({ error }) => error));
  if (!(worst <= MOST)) throw new Error(`painting is ${worst} from PyTorch's`);
  rmSync(folder, { recursive: true });
}
