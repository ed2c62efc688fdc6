// Builds what is older than the files that it is made of, and nothing where all is up to date:
// what `npm start` and its like run first. `npm run build` builds all.

import { execSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

// In this order, since each is made of those before too.
const PARTS = [
  {
    script: 'build:kernels',
    from: ['assembly', 'asconfig.json', 'scripts/embed-kernels.mjs', 'scripts/modules.mjs'],
    to: 'build/paint.wasm',
  },
  {
    script: 'build:library',
    from: ['src', 'tsconfig.json', 'scripts/bundle.mjs', 'scripts/declarations.mjs'],
    to: 'dist/index.js',
  },
  {
    script: 'build:cli',
    from: ['cli/src', 'cli/paint', 'cli/package.json', 'src/checks'],
    to: 'cli/dist/main.js',
  },
];

/** When the newest of some files was changed. The time of a folder tells of files that went. */
function changed(path) {
  const stats = statSync(join(ROOT, path));
  if (!stats.isDirectory()) return stats.mtimeMs;
  const within = readdirSync(join(ROOT, path)).map((name) => changed(join(path, name)));
  return Math.max(stats.mtimeMs, ...within);
}

function isStale({ from, to }) {
  const built = statSync(join(ROOT, to), { throwIfNoEntry: false });
  return built === undefined || from.some((path) => changed(path) > built.mtimeMs);
}

for (const part of PARTS) {
  if (!isStale(part)) continue;
  execSync(`npm run --silent ${part.script}`, { cwd: ROOT, stdio: 'inherit' });
}
