// The pages of the site, by task: which file of the repository is which page.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('..', import.meta.url));

/** Where the pages of the reference are written, from the root of the repository. */
export const REFERENCE = 'site/reference';

interface Task {
  readonly name: string;
  /** Markdown files, from the root of the repository. */
  readonly files: readonly string[];
}

export const TASKS: readonly Task[] = [
  { name: 'Start', files: ['README.md', 'docs/when-to-use-it.md'] },
  {
    name: 'Normalize',
    files: ['docs/semantics.md', 'docs/memory-and-arenas.md', 'docs/interop.md'],
  },
  {
    name: 'Port a model',
    files: ['docs/coming-from-pytorch.md', 'docs/coming-from-the-notebook.md'],
  },
  { name: 'Train', files: ['docs/training.md'] },
  { name: 'Pictures', files: ['docs/pictures.md', 'docs/painting.md'] },
  {
    name: 'Recipes',
    files: [
      'docs/recipes/README.md',
      'docs/recipes/normalize-image-data.md',
      'docs/recipes/dataset-mean-and-std.md',
      'docs/recipes/normalize-stains.md',
      'docs/recipes/normalize-embeddings.md',
      'docs/recipes/forecast-with-revin.md',
      'docs/recipes/tfjs-normalization-layers.md',
      'docs/recipes/fold-batch-norm.md',
      'docs/recipes/train-in-a-worker.md',
    ],
  },
  { name: 'Command line', files: ['docs/command-line.md'] },
  { name: 'Many machines', files: ['docs/many-machines.md'] },
  { name: 'All cores', files: ['docs/threads.md'] },
  { name: 'Edge', files: ['docs/edge-workers.md', 'docs/edge-fleet.md', 'docs/hermes.md'] },
  { name: 'Exactness', files: ['docs/accuracy.md', 'docs/trust.md'] },
  { name: 'Speed', files: ['docs/how-the-kernels-work.md', 'bench/NOTES.md'] },
  {
    name: 'Project',
    files: ['CONTRIBUTING.md', 'docs/versions.md', 'CHANGELOG.md', 'SECURITY.md'],
  },
];

/** Pages that others link to, and the sidebar does not list. */
const UNLISTED = ['examples/restyle/photos/CREDITS.md'];

const ADDRESSES: Readonly<Record<string, string>> = {
  'README.md': 'index.md',
  'bench/NOTES.md': 'where-the-cycles-go.md',
  'docs/recipes/README.md': 'recipes/index.md',
  'examples/restyle/photos/CREDITS.md': 'credits.md',
};

/** Returns where a file stands in the site, or null where it is no page of it. */
export function addressOf(file: string): string | null {
  if (file.startsWith(`${REFERENCE}/`)) return file.slice('site/'.length);
  const isListed = TASKS.some(({ files }) => files.includes(file));
  if (!isListed && !UNLISTED.includes(file)) return null;
  return ADDRESSES[file] ?? file.replace(/^docs\//, '').toLowerCase();
}

/** Returns the name of a page in the sidebar: its first heading, which the README's is not. */
export function titleOf(file: string): string {
  if (file === 'README.md') return 'What it is';
  const title = readFileSync(join(ROOT, file), 'utf8').match(/^# (.+)$/m)?.[1];
  if (title === undefined) throw new Error(`${file}: expected a heading of level 1`);
  return title.replaceAll('`', '');
}

/** Lists the Markdown files of the repository, without those of installed packages. */
export function markdownFiles(folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return /^(\.|node_modules$)/.test(entry.name) ? [] : markdownFiles(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Refuses pages that the site would lack, and such as are not there. */
export function checkPages(): void {
  const listed = TASKS.flatMap(({ files }) => files).concat(UNLISTED);
  const forgotten = markdownFiles('docs').filter((file) => !listed.includes(file));
  const gone = listed.filter((file) => !existsSync(join(ROOT, file)));
  if (forgotten.length > 0) throw new Error(`site/pages.ts: no task has ${forgotten.join(', ')}`);
  if (gone.length > 0) throw new Error(`site/pages.ts: there is no ${gone.join(', ')}`);
}
