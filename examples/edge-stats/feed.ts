import { isNamedLikePicture } from '../../cli/src/pictures/names.ts';
import type { Bindings } from './bindings.ts';
import type { Listing } from './ledger.ts';
import type { Bucket } from './platform.ts';
import type { CountTask, FeedTask } from './task.ts';

/** What a batch of a queue takes: 100 messages. Of tasks they have a tenth of the 256 KB allowed. */
const BATCH = 100;

// What a step does, so that it takes seconds: 1,000 keys a page, 100 shards a batch.
const PAGES = 10;
const BATCHES = 20;

/**
 * Lists some more of the bucket, sends some more of the missing shards, and asks for the next step
 * while there are any. A step that comes twice sends shards twice.
 */
export async function feed({ run, after }: FeedTask, bindings: Bindings): Promise<void> {
  const { PICTURES, TASKS, LEDGERS } = bindings;
  const ledger = LEDGERS.getByName(run);
  let listing = await ledger.listing();
  for (let page = 0; page < PAGES && listing !== null && !listing.isListed; page++) {
    const { listed, isListed, shards } = await listPage(listing, PICTURES);
    await ledger.append(listing.listed, listed, isListed, shards);
    listing = await ledger.listing();
  }
  const missing = await ledger.missing(after, BATCHES * BATCH);
  for (let start = 0; start < missing.length; start += BATCH) {
    const tasks = missing.slice(start, start + BATCH).map((shard): CountTask => ({ run, shard }));
    await TASKS.sendBatch(tasks.map((body) => ({ body })));
  }
  const last = missing.at(-1) ?? after;
  if (last > after || listing?.isListed === false) await TASKS.send({ run, after: last });
}

/** Lists what follows in the bucket, and cuts the pictures of it into shards. */
async function listPage({ prefix, size, listed }: Listing, bucket: Bucket) {
  const from = listed === '' ? {} : { startAfter: listed };
  const { objects, truncated } = await bucket.list({ prefix, ...from });
  const keys = objects.map(({ key }) => key);
  const names = keys.filter((key) => isNamedLikePicture(key.slice(key.lastIndexOf('/') + 1)));
  const shards: string[][] = [];
  for (let start = 0; start < names.length; start += size) {
    shards.push(names.slice(start, start + size));
  }
  return { listed: keys.at(-1) ?? listed, isListed: !truncated, shards };
}
