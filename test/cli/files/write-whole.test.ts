import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeLeftovers, writeWhole } from '../../../cli/src/files/write-whole.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();

it('writes at once to the same file, with the same process id, never share a temporary one', async () => {
  const path = join(folder.path, 'a.png');
  const contents = Array.from({ length: 50 }, (_, i) => String.fromCharCode(65 + i).repeat(1e5));
  await Promise.all(contents.map((content) => writeWhole(path, content)));
  expect(contents).toContain(readFileSync(path, 'utf8'));
  expect(readdirSync(folder.path)).toEqual(['a.png']);
});

it('what a killed write has left goes, of the named files alone', async () => {
  const left = (name: string) => `.${name}.3f0f7d6c-7c5b-4e53-9bb5-04b6f0e4f5a1.tmp`;
  const kept = ['.a.png.tmp', 'a.png', left('b.png')].sort();
  for (const name of [...kept, left('a.png')]) folder.put(name, 'half');
  await removeLeftovers(folder.path, new Set(['a.png']));
  await removeLeftovers(join(folder.path, 'none'), new Set(['a.png']));
  expect(readdirSync(folder.path).sort()).toEqual(kept);
});
