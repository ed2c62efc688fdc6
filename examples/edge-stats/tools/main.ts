// npm run edge:stats -- [FOLDER]: puts the pictures of a folder into a bucket on this machine, and
// lets the fleet find their statistics.

import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findPictures } from '../../../cli/src/pictures/find-pictures.ts';
import { bundle } from '../../edge-worker/tools/bundle.ts';
import { CONFIG, simulate } from './simulate.ts';

const PHOTOS = fileURLToPath(new URL('../../restyle/photos', import.meta.url));

const [given = PHOTOS] = process.argv.slice(2);
const { pictures } = await findPictures([given]);
const folder = fileURLToPath(new URL('../../../build/edge-stats', import.meta.url));
bundle(folder, CONFIG);
const fleet = await simulate(folder);
try {
  for (const { path, below } of pictures) await fleet.put(below, readFileSync(path));
  let status = await fleet.ask('POST /start?run=local');
  for (;;) {
    const { state, ...numbers } = (await status.json()) as { readonly state: string };
    console.error(state, JSON.stringify(numbers));
    if (state === 'done' || state === 'stopped') break;
    await setTimeout(500);
    status = await fleet.ask('GET /status?run=local');
  }
  const result = await fleet.ask('GET /result?run=local');
  console.log(JSON.stringify(await result.json(), null, 2));
} finally {
  await fleet.stop();
}
