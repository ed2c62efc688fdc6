import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { TemporaryFolder } from '../../support/temporary-folder.ts';
import { putPictures } from './pictures.ts';
import { startCli } from './programs.ts';
import { S3Store } from './s3.ts';

/** Names that an address has to keep as they are. */
export const ODD: readonly string[] = [
  'ä ö/x y+z.png',
  '50% ü.png',
  'a&b=c?d#e.png',
  "quote'd (1).png",
];

/** A store with two buckets, `photos` and `results`, for each test of a file. */
export function pictureBuckets(folder: TemporaryFolder) {
  let store: S3Store;
  const at = (...names: string[]): string => join(folder.path, ...names);

  beforeEach(async () => {
    store = await S3Store.start(at('store'), 'photos', 'results');
  });
  afterEach(() => store.close());

  /** Runs a command that finds the store. */
  async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const program = startCli(folder.path, args, { ...store.env, ...env });
    const status = await program.ended();
    return { status, stdout: program.stdout, stderr: program.stderr };
  }

  /** Fills the folder `photos`, and the bucket of that name below `in/`, with the same. */
  async function fill(count = 5, names: readonly string[] = ODD): Promise<void> {
    folder.put('photos/ä ö/notes.txt', 'no picture by name');
    putPictures(at('photos'), count, ...names);
    const files = readdirSync(at('photos'), { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const path = join(file.parentPath, file.name);
      await store.put('photos', `in/${path.slice(at('photos').length + 1)}`, readFileSync(path));
    }
  }

  /** Returns the objects of the bucket of results below a key with their bytes. */
  async function resultsIn(start: string): Promise<Record<string, string>> {
    const keys = (await store.keys('results')).filter((key) => key.startsWith(start));
    const pairs = keys.map(async (key) => [
      key.slice(start.length),
      (await store.get('results', key)).toString('hex'),
    ]);
    return Object.fromEntries((await Promise.all(pairs)).sort());
  }

  return {
    get store() {
      return store;
    },
    run,
    fill,
    resultsIn,
  };
}
