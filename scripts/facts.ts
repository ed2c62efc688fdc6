// Writes figures into the pages that state them: sizes of what was built, and speeds
// from the results that the benchmark wrote. Draws the pictures of README and docs.
//
//     npm run facts                writes
//     npm run facts -- --check     names those that are stale, and exits with 1
//     npm run facts -- --page      photographs the page too, after npm run test:web

import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { OURS, PLAIN } from '../bench/contestants/names.ts';
import { type Results, readResults } from '../bench/reports/results.ts';
import { ratioOf, speedTable } from '../bench/reports/speed-table.ts';
import { readThreadsResults } from '../bench/reports/threads-results.ts';
import { boundsTable, gainsTable } from '../bench/reports/threads-table.ts';
import { Memory } from '../src/memory/memory.ts';
import { gzippedSize } from './bundle-size.ts';
import { drawDrawings, drawGallery } from './draw-pictures.ts';
import { type Facts, fillFacts, staleFacts } from './markers.ts';

const PAGES = [
  'README.md',
  'docs/memory-and-arenas.md',
  'docs/threads.md',
  'docs/edge-workers.md',
  'docs/trust.md',
  'docs/when-to-use-it.md',
  'examples/web/page/index.html',
];

const fromRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Spells bytes to a tenth of 1,000, so that few changes of the kernels change it. */
function spellSize(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Spells the size of modules together. */
function sizeOf(...names: readonly string[]): string {
  const sizes = names.map((name) => statSync(fromRoot(`build/${name}.wasm`)).size);
  return spellSize(sizes.reduce((sum, size) => sum + size));
}

/** Spells how many times as fast as plain JavaScript the slowest and the fastest way are. */
function spellSpeedUp(results: Results): string {
  const where = ['instanceNorm', '8x64x56x56'] as const;
  const ratios = [OURS.arrays, OURS.arena, OURS.inPlace].map((way) => {
    const ratio = ratioOf(results, where, PLAIN, way);
    if (ratio === undefined) throw new Error(`bench/results.json: expected times of ${way}`);
    return Math.round(ratio);
  });
  return `${Math.min(...ratios)} to ${Math.max(...ratios)}`;
}

function findFacts(): Facts {
  const results = readResults();
  const threads = readThreadsResults();
  return {
    'threads-machine': `${threads.machine.cores} cores of an ${threads.machine.processor}`,
    'threads-gains': `\n${gainsTable(threads).trim()}\n`,
    'threads-bounds': `\n${boundsTable(threads).trim()}\n`,
    speed: `\n${speedTable(results).trim()}\n`,
    'speed-up': spellSpeedUp(results),
    module: sizeOf('kernels'),
    'gradients-module': sizeOf('gradients'),
    'vectors-module': sizeOf('vectors'),
    'pixels-module': sizeOf('pixels'),
    'restyle-modules': sizeOf('kernels', 'pixels'),
    'instance-norm': spellSize(gzippedSize("export { instanceNorm } from 'wasm-norm'")),
    everything: spellSize(gzippedSize("export * from 'wasm-norm'")),
    scratch: spellSize(new Memory(0).buffer.byteLength),
  };
}

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
  },
});
const facts = findFacts();
for (const path of PAGES) {
  const page = readFileSync(fromRoot(path), 'utf8');
  if (!values.check) {
    writeFileSync(fromRoot(path), fillFacts(page, facts));
    continue;
  }
  for (const stale of staleFacts(page, facts)) {
    console.error(`${path}: ${stale}; npm run facts writes it`);
    process.exitCode = 1;
  }
}
for (const [path, picture] of Object.entries(drawDrawings())) {
  if (!values.check) writeFileSync(fromRoot(path), picture);
  else if (readFileSync(fromRoot(path), 'utf8') !== picture) {
    console.error(`${path}: is not what is drawn now; npm run facts writes it`);
    process.exitCode = 1;
  }
}
// Other versions of the codec may write other bytes of the same picture: not checked.
if (!values.check) writeFileSync(fromRoot('docs/images/restyle.jpg'), await drawGallery());
if (values.page) {
  const args = ['--import', 'tsx', fromRoot('test/web/photograph-page.ts')];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
