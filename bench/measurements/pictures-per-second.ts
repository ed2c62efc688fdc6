import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from '../contestants/load-package.ts';

// What this file uses of sharp.
type Sharp = (file: string) => {
  resize(size: { readonly width: number; readonly height: number; readonly fit: 'fill' }): {
    jpeg(options: { readonly quality: number }): { toFile(path: string): Promise<unknown> };
  };
};

const BIN = fileURLToPath(new URL('../../cli/bin/wasm-norm.cjs', import.meta.url));
const PHOTOS = fileURLToPath(new URL('../../examples/restyle/photos/', import.meta.url));

/**
 * Measures how many JPEGs of a megapixel `wasm-norm stats` counts in a second, by each number of
 * processes at once. They have a thread each and their part of the pictures; starting them counts.
 */
export async function picturesPerSecond(
  pictures: number,
  workers: readonly number[],
): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wasm-norm-pictures-'));
  try {
    const sharp = await load<Sharp>('sharp');
    const photos = readdirSync(PHOTOS).filter((name) => name.endsWith('.jpg'));
    for (const name of photos) {
      const photo = sharp(join(PHOTOS, name)).resize({ width: 1154, height: 866, fit: 'fill' });
      await photo.jpeg({ quality: 85 }).toFile(join(folder, name));
    }
    const rates: number[] = [];
    for (const count of workers) {
      const parts = Array.from({ length: count }, (_, part) => join(folder, `${count}-${part}`));
      for (const part of parts) mkdirSync(part);
      for (let i = 0; i < pictures; i++) {
        const photo = join(folder, photos[i % photos.length] as string);
        symlinkSync(photo, join(parts[i % count] as string, `${i}.jpg`));
      }
      const begin = performance.now();
      await Promise.all(parts.map(countPictures));
      rates.push(pictures / ((performance.now() - begin) / 1e3));
    }
    return rates;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function countPictures(folder: string): Promise<void> {
  const args = [BIN, 'stats', folder, '--threads', '1'];
  const [status] = await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
  if (status !== 0) throw new Error(`wasm-norm stats ${folder}: exit status ${status}`);
}
