import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runHere } from '../../support/command-line.ts';
import { png } from '../../support/png.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();

const picture = (level: number): Buffer =>
  png({ colourType: 0, depth: 8, width: 2, row: [level, 255 - level] });

describe('a manifest', () => {
  it('stands for the pictures that it lists, and no others', async () => {
    for (const [i, name] of ['a.png', 'below/b c.png', 'c.png'].entries()) {
      folder.put(`photos/${name}`, picture(i));
    }
    const report = async (...args: string[]) =>
      JSON.parse((await runHere(folder.path, 'stats', '--json', ...args)).stdout);
    const { folders: _, ...all } = await report('photos');
    folder.put('photos/all.tsv', '1\ta.png\r\n2\tbelow/b c.png\r\n3\tc.png\r\n');
    expect(await report('photos/all.tsv')).toEqual({ ...all, folders: ['photos/all.tsv'] });
    folder.put('photos/two.tsv', '1\ta.png\n2\tgone.png');
    expect(await report('photos/two.tsv')).toMatchObject({
      pictures: 1,
      unreadable: [
        { file: 'photos/gone.png', reason: 'cannot be read: no such file or directory' },
      ],
    });
  });

  it.each([
    ['a.png', "line 1: expected a size, a tab and a path, got 'a.png'"],
    ['1\ta.png\n\n2\tb.png', "line 2: expected a size, a tab and a path, got ''"],
    ['-1\ta.png', "line 1: expected a size, a tab and a path, got '-1 a.png'"],
    ['', 'expected pictures, got none'],
  ])('of %j is refused', async (text, reason) => {
    mkdirSync(join(folder.path, 'photos'));
    folder.put('photos/all.tsv', text);
    const { status, stderr } = await runHere(folder.path, 'stats', 'photos/all.tsv');
    expect({ status, stderr }).toEqual({ status: 1, stderr: `photos/all.tsv: ${reason}\n` });
  });
});
