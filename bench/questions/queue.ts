import { markdownTable } from '../../test/support/markdown-table.ts';
import { picturesPerSecond } from '../measurements/pictures-per-second.ts';
import { queueCost } from '../measurements/queue-cost.ts';
import { madeUpNames } from '../problems/made-up-shards.ts';
import { spellNumber, spellTime } from '../reports/spelling.ts';

const SIZES = [500, 1000, 2000];
const WORKERS = [1, 2, 4];

const COSTS = [
  'pictures of a shard',
  'shards',
  'submission',
  'memory of Redis',
  'a shard, handed out and taken back',
  'merging',
];
const RATES = ['workers', 'pictures a second', 'a million'];

/**
 * Prints what a queue costs over a dataset whose moments are made up, and how long the counting of
 * a million pictures takes by what is measured of a few.
 */
export async function queue(pictures: number, isQuick: boolean): Promise<void> {
  const names = madeUpNames(pictures);
  const costs: string[][] = [];
  for (const size of SIZES) {
    const { shards, submission, memory, handling, merging } = await queueCost(names, size);
    costs.push([
      spellCount(size),
      spellCount(shards),
      spellTime(submission),
      `${Math.round(memory / 1e6)} MB`,
      spellTime(handling),
      spellTime(merging),
    ]);
  }
  console.log(`BullMQ on Redis, ${spellCount(pictures)} names of 40 letters:\n`);
  console.log(markdownTable([COSTS, ...costs]));
  const rates = await picturesPerSecond(isQuick ? 40 : 200, WORKERS);
  console.log('wasm-norm stats, JPEGs of a megapixel, processes of one thread:\n');
  const hours = (rate: number) => `${spellNumber(1e6 / rate / 3600)} h`;
  const rows = rates.map((rate, i) => [String(WORKERS[i]), spellNumber(rate), hours(rate)]);
  console.log(markdownTable([RATES, ...rows]));
}

function spellCount(count: number): string {
  return count.toLocaleString('en');
}
