// The pictures of README and docs that are drawn of what is measured or computed here.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { picturesPicture, readPictureResults } from '../bench/reports/pictures-picture.ts';
import { readResults } from '../bench/reports/results.ts';
import { speedPicture } from '../bench/reports/speed-picture.ts';
import { threadsPicture } from '../bench/reports/threads-picture.ts';
import { readThreadsResults } from '../bench/reports/threads-results.ts';
import { drawSheet, PAIRS, readPair } from '../cli/gallery/gallery.ts';
import { loadCodecs } from '../cli/src/pictures/sharp.ts';
import { drawSharing } from './draw-sharing.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

// GitHub shows pictures 830 wide, and screens have up to twice as many pixels.
const SHEET_WIDTH = 1440;

/** Draws the pictures that are SVG, by their paths: the same text in every run. */
export function drawDrawings(): Readonly<Record<string, string>> {
  return {
    'docs/images/bench.svg': speedPicture(readResults()),
    'docs/images/pictures.svg': picturesPicture(readPictureResults()),
    'docs/images/threads.svg': threadsPicture(readThreadsResults()),
    'docs/images/sharing.svg': drawSharing(),
    'docs/images/histogram.svg': drawHistogram(),
  };
}

/** Has the command line draw the histograms of the photographs. */
function drawHistogram(): string {
  const folder = mkdtempSync(join(tmpdir(), 'facts-'));
  try {
    const file = join(folder, 'histogram.svg');
    const args = [join(ROOT, 'cli/bin/wasm-norm.cjs'), 'stats', 'photos', '--histogram', file];
    const cwd = join(ROOT, 'examples/restyle');
    const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(`wasm-norm stats: ${stderr}`);
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Restyles the photographs, and returns their sheet as a JPEG. */
export async function drawGallery(): Promise<Uint8Array> {
  const { data, width, height } = await drawSheet(await Promise.all(PAIRS.map(readPair)));
  const codecs = await loadCodecs();
  return codecs(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .resize(SHEET_WIDTH)
    .jpeg({ quality: 80, mozjpeg: true })
    .toBuffer();
}
