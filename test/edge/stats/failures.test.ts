// What goes wrong with queues, buckets and isolates, and what becomes of a run then.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatasetStatistics } from '../../../cli/src/statistics/dataset-statistics.ts';
import type { ShardResult } from '../../../examples/edge-stats/count-shard.ts';
import {
  type Image,
  ImageMoments,
  type ImageMomentsJSON,
  imageMoments,
} from '../../../src/index.ts';
import { encodePng } from '../../support/codecs.ts';
import { randomPicture } from '../../support/pictures.ts';
import { type FaultyFleet, startFleet } from './fleet.ts';

const KEYS = Array.from({ length: 10 }, (_, i) => `ten/${i}.png`);

const ALWAYS = 1000;

const pictures = KEYS.map((_, i) => randomPicture(20 + i, 13, i));

/** Finds the moments of some of the ten pictures. */
function momentsOf(...indices: readonly number[]): ImageMomentsJSON {
  const moments = new ImageMoments();
  for (const i of indices) moments.merge(imageMoments(pictures[i] as Image));
  return moments.toJSON();
}

/** Counts one of the ten pictures. */
function resultOf(i: number): { readonly key: string; readonly result: ShardResult } {
  const statistics = new DatasetStatistics({ histograms: false });
  statistics.add(pictures[i] as Image);
  return { key: KEYS[i] as string, result: { statistics: statistics.toJSON(), profiled: 0 } };
}

const ALL = momentsOf(...KEYS.keys());

let fleet: FaultyFleet;
let fleetOfTens: FaultyFleet;

beforeAll(async () => {
  [fleet, fleetOfTens] = await Promise.all([startFleet(), startFleet(10)]);
  for (const [i, key] of KEYS.entries()) {
    const file = await encodePng(pictures[i] as Image);
    await fleet.put(key, file);
    await fleetOfTens.put(key, file);
  }
});

afterAll(async () => {
  await Promise.all([fleet?.stop(), fleetOfTens?.stop()]);
});

let runs = 0;
let run = '';

beforeEach(() => {
  run = `run-${runs++}`;
});

/** Starts a run over the ten pictures, one in a shard. */
const start = (of: FaultyFleet) => of.ask(`POST /start?run=${run}&prefix=ten/&shard=1`);

describe('a message', () => {
  it('comes again alone where it is the eighth of ten that fails', async () => {
    await fleetOfTens.setFaults({ reads: { [KEYS[7] as string]: 1 } });
    await start(fleetOfTens);
    expect(await fleetOfTens.end(run)).toMatchObject({ counted: 10, failed: 0 });
    const { delivered, reads } = await fleetOfTens.seen();
    const shards = delivered.map(({ bodies }) =>
      bodies.flatMap((task) => ('shard' in task ? task.shard : [])),
    );
    expect(shards.filter(({ length }) => length > 0)).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [7],
    ]);
    expect(reads).toEqual({
      ...Object.fromEntries(KEYS.map((key) => [key, 1])),
      [KEYS[7] as string]: 2,
    });
    expect((await fleetOfTens.report(run)).moments).toEqual(ALL);
  });

  it('changes nothing where it comes again because its acknowledgement was lost', async () => {
    await fleet.setFaults({ acknowledgements: 12 });
    await start(fleet);
    await fleet.end(run);
    const isDelivered = async () => {
      const { delivered } = await fleet.seen();
      return delivered.filter(({ bodies: [task] }) => task !== undefined && 'shard' in task).length;
    };
    await expect.poll(isDelivered).toBe(22);
    expect((await fleet.seen()).reads).toEqual(Object.fromEntries(KEYS.map((key) => [key, 1])));
    expect(await fleet.report(run)).toMatchObject({ pictures: 10, moments: ALL });
  });

  it('changes nothing where all are delivered twice', async () => {
    await fleet.setFaults({ twice: true });
    await start(fleet);
    await fleet.end(run);
    expect(await fleet.report(run)).toMatchObject({ pictures: 10, moments: ALL });
  });

  it('that is lost is sent again by /resume, and no other', async () => {
    await fleet.setFaults({ lost: [2, 4] });
    await start(fleet);
    await expect.poll(async () => (await fleet.status(run)).counted).toBe(7);
    const answer = await fleet.ask(`GET /result?run=${run}`);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      error: `run: ${run} is counting, and 3 of 10 shards have no result`,
    });
    await fleet.setFaults({});
    expect((await fleet.ask(`POST /resume?run=${run}`)).status).toBe(202);
    await fleet.end(run);
    const { sent, reads } = await fleet.seen();
    expect(sent.map(({ messages }) => messages)).toEqual([3]);
    expect(reads).toEqual(Object.fromEntries([2, 3, 4].map((i) => [KEYS[i], 1])));
    expect(await fleet.report(run)).toMatchObject({ pictures: 10, moments: ALL });
  });
});

describe('a shard that fails at every attempt', () => {
  it('is named with its reason, after four, and the others are counted', async () => {
    await fleet.setFaults({ reads: { [KEYS[4] as string]: ALWAYS } });
    await start(fleet);
    expect(await fleet.end(run)).toMatchObject({ state: 'done', counted: 9, failed: 1 });
    const { reads } = await fleet.seen();
    expect(reads[KEYS[4] as string]).toBe(4);
    const { failed, moments } = await fleet.report(run);
    const reason = `Error: the bucket does not give ${KEYS[4]}`;
    expect(failed).toEqual({
      count: 1,
      first: [{ shard: 4, pictures: 1, first: KEYS[4], last: KEYS[4], reason }],
    });
    expect(moments).toEqual(momentsOf(0, 1, 2, 3, 5, 6, 7, 8, 9));
  });

  it('is named where it ends the isolate, and is counted after /resume', async () => {
    await fleet.setFaults({ deadly: [0] });
    await start(fleet);
    expect(await fleet.end(run)).toMatchObject({ state: 'done', counted: 9, failed: 1 });
    const { failed } = await fleet.report(run);
    expect(failed.first[0]?.reason).toMatch('ended without a word');
    await fleet.setFaults({});
    // The same start is a resumption.
    expect(await (await start(fleet)).json()).toMatchObject({ counted: 9, failed: 0 });
    expect(await fleet.end(run)).toMatchObject({ counted: 10, failed: 0 });
    expect(await fleet.report(run)).toMatchObject({ moments: ALL, failed: { count: 0 } });
  });
});

describe('listing the bucket', () => {
  it('is tried again', async () => {
    await fleet.setFaults({ lists: 3 });
    await start(fleet);
    expect(await fleet.end(run)).toMatchObject({ state: 'done', counted: 10 });
  });

  it('that fails at every attempt stops the run by name, until /resume', async () => {
    await fleet.setFaults({ lists: 4 });
    await start(fleet);
    const trouble = 'Error: the bucket is not listed';
    expect(await fleet.end(run)).toMatchObject({ state: 'stopped', trouble });
    expect((await fleet.ask(`GET /result?run=${run}`)).status).toBe(409);
    await fleet.ask(`POST /resume?run=${run}`);
    expect(await fleet.end(run)).toMatchObject({ state: 'done', counted: 10, trouble: null });
  });
});

describe('a run', () => {
  it('that is started twice at once is one', async () => {
    await fleet.setFaults({});
    await Promise.all([start(fleet), start(fleet)]);
    await fleet.end(run);
    expect(await fleet.report(run)).toMatchObject({ pictures: 10, moments: ALL });
  });

  it('is not started with other pictures', async () => {
    await start(fleet);
    const answer = await fleet.ask(`POST /start?run=${run}&prefix=other/&shard=1`);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      error: `run: ${run} has begun with prefix=ten/ and shard=1`,
    });
    await fleet.end(run);
  });

  it('is unknown before it begins, and after it is forgotten', async () => {
    expect((await fleet.ask(`GET /status?run=${run}`)).status).toBe(404);
    expect((await fleet.ask(`POST /resume?run=${run}`)).status).toBe(404);
    await start(fleet);
    await fleet.end(run);
    await fleet.ask(`POST /forget?run=${run}`);
    expect((await fleet.ask(`GET /result?run=${run}`)).status).toBe(404);
    await start(fleet);
    await fleet.end(run);
    expect(await fleet.report(run)).toMatchObject({ pictures: 10, moments: ALL });
  });

  it('takes no late result of other pictures, as of a forgotten run of its name', async () => {
    await fleet.setFaults({ lost: [0, 9] });
    await start(fleet);
    await expect.poll(async () => (await fleet.status(run)).shards).toBe(10);
    const { key, result } = resultOf(9);
    await fleet.record(run, [0], result, [key]);
    expect(await fleet.status(run)).toMatchObject({ counted: 0 });
    await fleet.record(run, [9], result, [key]);
    expect(await fleet.status(run)).toMatchObject({ counted: 1 });
  });
});

describe('a bucket of 5,000 shards with 3 MB of names', () => {
  it('goes in batches that queues take, and on where 150 of them are lost', async () => {
    // A key holds at most 1,024 bytes.
    const keys = Array.from({ length: 5000 }, (_, i) => `${'n'.repeat(600)}${1000 + i}.png`);
    await fleet.setFaults({ keys, lost: [0, 4999] });
    await fleet.ask(`POST /start?run=${run}&shard=1`);
    const sent = async () => (await fleet.seen()).sent;
    await expect.poll(async () => (await sent()).length).toBe(50);
    for (const { messages, bytes } of await sent()) {
      expect(messages).toBe(100);
      expect(bytes).toBeLessThan(256_000);
    }
    const shards = keys
      .map((_, shard) => shard)
      .filter((shard) => shard % 33 !== 0 || shard >= 4950);
    await fleet.record(run, shards, resultOf(0).result);
    expect(await fleet.status(run)).toMatchObject({ shards: 5000, counted: 4850 });

    await fleet.setFaults({});
    await fleet.ask(`POST /resume?run=${run}`);
    expect(await fleet.end(run)).toMatchObject({ state: 'done', counted: 5000 });
    expect((await sent()).map(({ messages }) => messages)).toEqual([100, 50]);
    const report = await fleet.report(run);
    const { sums } = imageMoments(pictures[0] as Image).toJSON() as { sums: readonly string[] };
    const { sums: found } = report.moments as { sums: readonly string[] };
    expect(found).toEqual(sums.map((sum) => String(4850n * BigInt(sum))));
    const first = { file: keys[0], reason: 'no longer in the bucket' };
    expect(report).toMatchObject({ pictures: 4850, unreadable: { count: 150 } });
    expect(report.unreadable.first[0]).toEqual(first);
  });
});
