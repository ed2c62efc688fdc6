import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readNetwork } from '../../../cli/paint/network/network.ts';
import { mixStyles } from '../../../cli/paint/network/styles.ts';
import { paint } from '../../../cli/paint/paint.ts';
import { paintOnThreads } from '../../../cli/src/painting/paint-on-threads.ts';
import { randomPicture } from '../../support/pictures.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const WEIGHTS = new URL('../../../cli/paint/style-network.safetensors', import.meta.url);
const network = readNetwork(readFileSync(fileURLToPath(WEIGHTS)));
const { TMPDIR } = process.env;

beforeEach(() => {
  process.env.TMPDIR = join(folder.path, 'temporary');
  mkdirSync(process.env.TMPDIR);
});

afterEach(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
});

test.each([
  ['memory', 2 ** 29],
  ['files, of which none is left', 0],
])('layers in %s give what an arena gives', async (_, memory) => {
  const photograph = randomPicture(61, 150, 1);
  const style = mixStyles(network, { metzinger: 2, scream: 1 });
  const options = { style: Array.from(style), strength: 0.7, threads: 1, memory };
  const painted = await paintOnThreads(photograph, options);
  const { data } = paint(network, photograph, { style, strength: 0.7 });
  expect(Buffer.from(painted.data).equals(Buffer.from(data))).toBe(true);
  expect(readdirSync(process.env.TMPDIR as string)).toEqual([]);
});
