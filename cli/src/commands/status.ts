import { parseCommandLine } from '../command-line/parse.ts';
import { Refusal } from '../files/refusal.ts';
import { readQueue } from '../queue/address.ts';
import { findStatus, removeFlow } from '../queue/status.ts';

export const USAGE = `wasm-norm status ID --queue URL [options]

Says how far the work is that stats or restyle have put into a queue; ID is what --detach prints.
The same command without --detach prints the result.

  --queue URL  as the command had it
  --json       print JSON instead of text
  --remove     remove the work and its results from the queue; not while a worker is at it
  --help       this text`;

const OPTIONS = { queue: 'text', json: 'flag', remove: 'flag', help: 'flag' } as const;

/** Runs `wasm-norm status`. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseCommandLine(args, OPTIONS);
  if (values.help) return console.log(USAGE);
  const [id] = positionals;
  if (id === undefined || positionals.length > 1) {
    throw new Refusal(`expected one id, got ${positionals.length}; --help says more`);
  }
  if (values.queue === undefined) throw new Refusal('--queue: expected an address, got none');
  const address = readQueue(values.queue);
  if (values.remove) {
    await removeFlow(address, id);
    return console.log(`${id}: removed`);
  }
  const status = await findStatus(address, id);
  if (values.json) return console.log(JSON.stringify(status, null, 2));
  const { job, state, pictures, shards, done, failed, workers } = status;
  console.log(`${id}: ${job} of ${pictures} pictures, ${state}`);
  console.log(`${done} of ${shards} shards done, ${failed.length} failed, ${workers} workers`);
  for (const { index, reason } of failed) console.log(`  shard ${index + 1}: ${reason}`);
}
