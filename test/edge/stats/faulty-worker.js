// The fleet on a platform with faults, in place of worker.js. POST /faults says what fails, GET /seen
// tells what was sent, delivered and read, POST /record gives shards a result.

import worker, { Ledger as Deployed } from './worker.js';

export class Ledger extends Deployed {
  recordAll(shards, result, names) {
    for (const shard of shards) this.record(shard, names ?? this.open(shard), result);
  }
}

const NONE = {
  // How many times the bucket fails to give a key, and to list.
  reads: {},
  lists: 0,
  // How many acknowledgements the queue loses.
  acknowledgements: 0,
  // The shards from a first to a last whose messages the queue loses.
  lost: [0, -1],
  // Shards that end the isolate.
  deadly: [],
  // Whether each message is delivered twice.
  twice: false,
  // Keys that are listed in place of those of the bucket.
  keys: null,
};
const NOTHING = { sent: [], delivered: [], reads: {} };

let faults = NONE;
let seen = structuredClone(NOTHING);

const isLost = ({ shard }) => faults.lost[0] <= shard && shard <= faults.lost[1];

/** The bindings, with faults. */
function faulty({ PICTURES, TASKS, ...others }) {
  return {
    ...others,
    PICTURES: {
      async list(options) {
        if (faults.lists-- > 0) throw new Error('the bucket is not listed');
        if (faults.keys === null) return PICTURES.list(options);
        const { startAfter = '' } = options;
        const rest = faults.keys.filter((key) => key > startAfter);
        const objects = rest.slice(0, 1000).map((key) => ({ key }));
        return { objects, truncated: rest.length > 1000 };
      },
      async get(key) {
        seen.reads[key] = (seen.reads[key] ?? 0) + 1;
        if (faults.reads[key]-- > 0) throw new Error(`the bucket does not give ${key}`);
        return PICTURES.get(key);
      },
    },
    TASKS: {
      send: (body) => TASKS.send(body),
      async sendBatch(messages) {
        const bytes = JSON.stringify(messages).length;
        seen.sent.push({ messages: messages.length, bytes });
        const kept = messages.filter(({ body }) => !isLost(body));
        if (kept.length > 0) await TASKS.sendBatch(kept);
        if (faults.twice) await TASKS.sendBatch(kept);
      },
    },
  };
}

/** A message whose acknowledgement may be lost, so that it comes again. */
function deliver(message) {
  return {
    body: message.body,
    ack() {
      if (message.body.shard === undefined || faults.acknowledgements-- <= 0) message.ack();
      else message.retry();
    },
    retry: () => message.retry(),
  };
}

export default {
  async fetch(request, bindings) {
    const { pathname } = new URL(request.url);
    if (pathname === '/seen') return Response.json(seen);
    if (pathname === '/faults') {
      faults = { ...structuredClone(NONE), ...(await request.json()) };
      seen = structuredClone(NOTHING);
      return new Response();
    }
    if (pathname === '/record') {
      const { run, shards, result, names } = await request.json();
      await bindings.LEDGERS.getByName(run).recordAll(shards, result, names);
      return new Response();
    }
    return worker.fetch(request, faulty(bindings));
  },
  async queue(batch, bindings) {
    const bodies = batch.messages.map(({ body }) => body);
    seen.delivered.push({ queue: batch.queue, bodies });
    if (
      !batch.queue.endsWith('-dead') &&
      bodies.some(({ shard }) => faults.deadly.includes(shard))
    ) {
      throw new Error('the isolate has ended');
    }
    await worker.queue(
      { queue: batch.queue, messages: batch.messages.map(deliver) },
      faulty(bindings),
    );
  },
};
