import type { Bindings } from './bindings.ts';
import { countShard } from './count-shard.ts';
import { feed } from './feed.ts';
import type { MessageBatch } from './platform.ts';
import type { Task } from './task.ts';

/** The queue that takes what failed at every attempt, as wrangler.json names it. */
const DEAD = 'wasm-norm-stats-dead';

/**
 * Does what messages ask for. Each is acknowledged, or comes again, by itself: of a batch that
 * throws all would come again.
 */
export async function consume(batch: MessageBatch<Task>, bindings: Bindings): Promise<void> {
  const work = batch.queue === DEAD ? giveUp : attempt;
  for (const message of batch.messages) {
    try {
      await work(message.body, bindings);
      message.ack();
    } catch (error) {
      console.error(JSON.stringify(message.body), error);
      message.retry();
    }
  }
}

async function attempt(task: Task, bindings: Bindings): Promise<void> {
  try {
    if ('shard' in task) await count(task, bindings);
    else await feed(task, bindings);
  } catch (error) {
    const [reason = ''] = String(error).split('\n');
    await ledgerOf(task, bindings).note(shardOf(task), reason);
    throw error;
  }
}

/** Counts a shard, unless an earlier delivery has. */
async function count(task: Task & { readonly shard: number }, bindings: Bindings): Promise<void> {
  const ledger = ledgerOf(task, bindings);
  const names = await ledger.open(task.shard);
  if (names === null) return;
  await ledger.record(task.shard, names, await countShard(names, bindings.PICTURES));
}

async function giveUp(task: Task, bindings: Bindings): Promise<void> {
  await ledgerOf(task, bindings).giveUp(shardOf(task));
}

function ledgerOf({ run }: Task, { LEDGERS }: Bindings): ReturnType<typeof LEDGERS.getByName> {
  return LEDGERS.getByName(run);
}

function shardOf(task: Task): number | null {
  return 'shard' in task ? task.shard : null;
}
