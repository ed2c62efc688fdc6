import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { fillLinks, linksOf, REPOSITORY, SHIPPED, spellInstalling } from './links.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

// Copied as they are.
const ASSETS = {
  'page/icon.svg': 'icon.svg',
  '../restyle/photos': 'photos',
  '../../cli/paint/style-network.safetensors': 'style-network.safetensors',
};

/** What is loaded only where a photograph is painted. */
const PAINTING = ['painting.js', 'painter.js', 'style-network.safetensors'];

const COMMON: BuildOptions = {
  absWorkingDir: HERE,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
};

/** Builds the page, its worker and its service worker into a folder, which is emptied first. */
export async function buildPage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [from, to] of Object.entries(ASSETS)) {
    await cp(join(HERE, from), join(folder, to), { recursive: true });
  }
  await build({
    ...COMMON,
    outdir: folder,
    // What is loaded later lies in a file of its own.
    splitting: true,
    chunkNames: 'shared-[hash]',
    entryPoints: {
      index: 'page/index.ts',
      painting: 'page/painting/section.ts',
      style: 'page/style.css',
    },
  });
  await build({
    ...COMMON,
    outdir: folder,
    entryPoints: { worker: 'page/restyle/worker.ts', painter: 'page/painting/worker.ts' },
  });
  await writePage(folder, REPOSITORY);
  const files = await listFiles(folder);
  await build({
    ...COMMON,
    outdir: folder,
    entryPoints: { 'service-worker': 'service-worker/service-worker.ts' },
    define: {
      FILES: JSON.stringify(['./', ...files.filter((file) => !PAINTING.includes(file))]),
      LATER: JSON.stringify(PAINTING),
      VERSION: JSON.stringify(await hash(folder, files)),
    },
  });
}

/** Writes the page with links to a repository, or to files that it ships. */
async function writePage(folder: string, repository: string): Promise<void> {
  const page = await readFile(join(HERE, 'page/index.html'), 'utf8');
  const sizes = await Promise.all(PAINTING.map((file) => stat(join(folder, file))));
  const bytes = sizes.reduce((sum, { size }) => sum + size, 0);
  const filled = fillLinks(page, linksOf(repository))
    .replaceAll('%PAINTING%', () => `${(bytes / 1e6).toFixed(1)} MB`)
    .replaceAll('%INSTALL%', () => spellInstalling(repository));
  await writeFile(join(folder, 'index.html'), filled);
  if (repository) return;
  for (const [from, to] of Object.values(SHIPPED)) await cp(join(HERE, from), join(folder, to));
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

async function hash(folder: string, files: readonly string[]): Promise<string> {
  const sum = createHash('sha256');
  for (const file of files) sum.update(file).update(await readFile(join(folder, file)));
  return sum.digest('hex').slice(0, 12);
}
