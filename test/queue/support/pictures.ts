import { mkdirSync, watch, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { png } from '../../support/png.ts';

/** Writes a picture, whose colours depend on a number. */
export function putPicture(path: string, seed: number): void {
  const row = Array.from({ length: 3 * 16 }, (_, at) => (at * 31 + seed * 57 + at * seed) % 251);
  writeFileSync(path, png({ colourType: 2, depth: 8, width: 16, row }));
}

/** Fills a folder with pictures, one of which is none, and with others by name. */
export function putPictures(folder: string, count: number, ...names: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i++) putPicture(join(folder, `${String(i).padStart(5, '0')}.png`), i);
  for (const [i, name] of names.entries()) putPicture(join(folder, name), count + i);
  writeFileSync(join(folder, '00001-not.png'), 'no picture');
}

/** Resolves once a folder has as many files as asked for whose names begin so. */
export async function filesAppear(folder: string, start: string, count = 1): Promise<void> {
  for await (const _ of ticks(folder)) {
    const names = await readdir(folder);
    if (names.filter((name) => name.startsWith(start)).length >= count) return;
  }
}

/** Gives a tick at once, and one with each change of a folder. */
async function* ticks(folder: string): AsyncGenerator<void> {
  let wake = () => {};
  const watcher = watch(folder, () => wake());
  try {
    for (;;) {
      const next = new Promise<void>((resolve) => {
        wake = resolve;
        // A change between the reading and the watching is told to nobody.
        setTimeout(resolve, 200);
      });
      yield;
      await next;
    }
  } finally {
    watcher.close();
  }
}
