import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../../../cli/src/files/refusal.ts';
import { findPictures } from '../../../cli/src/pictures/find-pictures.ts';
import type { CountOptions } from '../../../cli/src/shards/count.ts';
import { DatasetStatistics } from '../../../cli/src/statistics/dataset-statistics.ts';
import { readState, type Survey, writeState } from '../../../cli/src/stats/state-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PICTURE = { data: Uint8Array.from({ length: 24 }, (_, at) => 10 * at), width: 3, height: 2 };
const OPTIONS = { tissueOnly: false, histograms: true };

const folder = temporaryFolder();
let path: string;
beforeEach(async () => {
  path = join(folder.path, 'state.json');
  put('a.png', 0);
  put('b.png', 0);
  await writeState(path, await survey(), someStatistics());
});

/** Writes a file named like a picture that was last changed `seconds` after the epoch. */
function put(name: string, changed: number): void {
  utimesSync(folder.put(name, 'picture'), changed, changed);
}

async function survey(options: CountOptions = OPTIONS): Promise<Survey> {
  const { pictures } = await findPictures([folder.path]);
  return { given: [folder.path], pictures, options };
}

function someStatistics(): DatasetStatistics {
  const statistics = new DatasetStatistics(OPTIONS);
  statistics.add(PICTURE);
  statistics.addUnreadable('a.png', 'damaged');
  return statistics;
}

async function read(options?: CountOptions): Promise<DatasetStatistics> {
  return readState(path, await survey(options));
}

async function expectRefusal(message: RegExp, options?: CountOptions): Promise<void> {
  const error = await read(options).catch((thrown) => thrown);
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
    expect((await read()).toJSON()).toEqual(new DatasetStatistics(OPTIONS).toJSON());
  });

  it('goes on with histograms that are not asked for', async () => {
    const found = await read({ tissueOnly: false, histograms: false });
    expect(found.toJSON()).toEqual(someStatistics().toJSON());
  });

  it('refuses the state of a folder to which a picture was added, and says what to do', async () => {
    put('c.png', 0);
    await expectRefusal(/is of 2 pictures in .*, where now are 3,.*; delete .*state.json to count/);
  });

  it('refuses the state of a folder in which a picture has changed', async () => {
    put('b.png', 1);
    await expectRefusal(/is of 2 pictures in .*, where now are 2, some of them .*changed; delete/);
  });

  it('refuses the state of a folder in which a picture was renamed', async () => {
    rmSync(join(folder.path, 'b.png'));
    put('c.png', 0);
    await expectRefusal(/where now are 2, some of them added, removed or changed; delete/);
  });

  it('refuses the state of another mask', async () => {
    const options = { tissueOnly: true, histograms: false };
    await expectRefusal(/is of a run without --mask tissue, not with it; delete/, options);
  });

  it('refuses a state without the histograms that are asked for', async () => {
    const without = { tissueOnly: false, histograms: false };
    await writeState(path, await survey(without), new DatasetStatistics(without));
    await expectRefusal(/is of a run without --histogram; delete/);
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
      (text) => text.replace(/"(sums|squares)":\[([^,]+)[^\]]+/, '"$1":[$2'),
    ],
    ['words for means', /damaged: means/, (text) => text.replace(/"means":\["\d+/, '"means":["x')],
    [
      'means of more pictures than there are',
      /damaged: means/,
      (text) => text.replace('"means":{"pictures":1', '"means":{"pictures":2'),
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
