import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePng } from '../../examples/common/codecs.ts';
import { Refusal } from '../../examples/common/refusal.ts';
import { DatasetStatistics } from '../../examples/dataset-stats/dataset-statistics.ts';
import { listPictures } from '../../examples/dataset-stats/picture-list.ts';
import { readState, writeState } from '../../examples/dataset-stats/state-file.ts';

const PICTURE = { data: Uint8Array.from({ length: 24 }, (_, at) => 10 * at), width: 3, height: 2 };

let folder: string;
let path: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dataset-stats-state-'));
  path = join(folder, 'state.json');
  put('a.png', 0);
  put('b.png', 0);
  await writeState(path, await listPictures(folder), someStatistics());
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a picture that was last changed `seconds` after the epoch. */
function put(name: string, changed: number): void {
  writeFileSync(join(folder, name), encodePng(PICTURE));
  utimesSync(join(folder, name), changed, changed);
}

function someStatistics(): DatasetStatistics {
  const statistics = new DatasetStatistics();
  statistics.add(PICTURE);
  statistics.addUnreadable('a.png', 'damaged');
  return statistics;
}

async function read(): Promise<DatasetStatistics> {
  return readState(path, await listPictures(folder));
}

async function expectRefusal(message: RegExp): Promise<void> {
  const error = await read().catch((thrown) => thrown);
  expect(error).toBeInstanceOf(Refusal);
  expect(error.message).toMatch(message);
  expect(error.message.startsWith(`${path}: `)).toBe(true);
}

describe('readState', () => {
  it('returns what was written', async () => {
    expect((await read()).toJSON()).toEqual(someStatistics().toJSON());
  });

  it('begins with empty statistics if there is no file', async () => {
    rmSync(path);
    expect((await read()).toJSON()).toEqual(new DatasetStatistics().toJSON());
  });

  it('refuses the state of a folder to which a picture was added', async () => {
    put('c.png', 0);
    await expectRefusal(/2 files were in .*, now 3,/);
  });

  it('refuses the state of a folder in which a picture has changed', async () => {
    put('b.png', 1);
    await expectRefusal(/2 files were in .*, now 2, some of them .*changed$/);
  });

  it('refuses the state of a folder in which a picture was renamed', async () => {
    rmSync(join(folder, 'b.png'));
    put('c.png', 0);
    await expectRefusal(/now 2, some of them added, removed or changed$/);
  });

  it('refuses a folder in place of a file', async () => {
    rmSync(path);
    mkdirSync(path);
    await expectRefusal(/cannot be read: illegal operation on a directory$/);
  });

  it.each<[string, RegExp, (text: string) => string]>([
    ['half a state', /expected the state of an earlier run/, (text) => text.slice(0, 900)],
    ['other JSON', /expected the state of an earlier run/, () => '{"format":"other"}'],
    ['null', /expected the state of an earlier run/, () => 'null'],
    ['a fraction', /damaged: pictures/, (text) => text.replace('"pictures":1', '"pictures":1.5')],
    ['a high count', /damaged: 9 files/, (text) => text.replace('"pictures":1', '"pictures":8')],
    ['words for moments', /damaged: sums/, (text) => text.replace(/"sums":\[[^,]+/, '"sums":["x"')],
    [
      'moments of one channel',
      /damaged: sums: expected three whole numbers, got 1/,
      (text) => text.replace(/"(sums|squares)":\[([^,]+)[^\]]+/g, '"$1":[$2'),
    ],
    [
      'pixels that the moments have not',
      /damaged: histograms/,
      (text) => text.replace('"histograms":[[', '"histograms":[[1'),
    ],
    ['a file that is none', /damaged: unreadable/, (text) => text.replace('"file"', '"fool"')],
    ['no statistics', /damaged: /, (text) => text.replace('"statistics":{', '"s":{')],
  ])('refuses %s', async (_, message, change) => {
    const text = readFileSync(path, 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(path, change(text));
    await expectRefusal(message);
  });
});
