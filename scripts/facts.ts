// Writes figures into the pages that state them: sizes of what was built, and speeds
// from the results that the benchmark wrote.
//
//     npm run facts                writes
//     npm run facts -- --check     names those that are stale, and exits with 1

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Memory } from '../src/memory/memory.ts';
import { gzippedSize } from './bundle-size.ts';
import { type Facts, fillFacts, staleFacts } from './markers.ts';

const PAGES = [
  'README.md',
  'docs/memory-and-arenas.md',
  'docs/edge-workers.md',
  'docs/trust.md',
  'examples/web/page/index.html',
];

const fromRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Spells bytes to a tenth of 1,000, so that few changes of the kernels change it. */
function spellSize(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The table of speeds, or null where the benchmark has written no results. */
async function speedTable(): Promise<string | null> {
  const results = fromRoot('bench/results.json');
  if (!existsSync(results)) return null;
  const report: SpeedReport = await import(fromRoot('bench/reports/speed-table.ts'));
  return `\n${report.speedTable(JSON.parse(readFileSync(results, 'utf8'))).trim()}\n`;
}

interface SpeedReport {
  speedTable(results: unknown): string;
}

async function findFacts(): Promise<Facts> {
  return {
    speed: await speedTable(),
    module: spellSize(statSync(fromRoot('build/kernels.wasm')).size),
    'instance-norm': spellSize(gzippedSize("export { instanceNorm } from 'wasm-norm'")),
    everything: spellSize(gzippedSize("export * from 'wasm-norm'")),
    scratch: spellSize(new Memory(0).buffer.byteLength),
  };
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const facts = await findFacts();
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
