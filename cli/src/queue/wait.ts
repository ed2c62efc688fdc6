import { Refusal } from '../files/refusal.ts';
import { Interruption } from '../work/interruption.ts';
import { startProgress } from '../work/progress.ts';
import type { QueueAddress } from './address.ts';
import { type Broker, isConnectionLost, type JobsQueue } from './broker.ts';
import { type Flow, type Merged, type QueuedJob, queueNames } from './flow.ts';

// Milliseconds from one question to the next.
const EVERY = 250;

/**
 * Waits until a flow is merged, and shows how far it is. SIGINT or SIGTERM end the waiting alone,
 * and set the exit code.
 *
 * @param again adds the flow anew, should the server have lost it
 * @returns null where the waiting was ended
 * @throws Refusal where it could not be merged.
 */
export async function waitFor<Name extends QueuedJob>(
  broker: Broker,
  address: QueueAddress,
  version: string,
  flow: Flow<Name>,
  again: () => Promise<unknown>,
): Promise<Merged<Name> | null> {
  const merges = broker.queue(queueNames(version).merges);
  const interruption = new Interruption();
  const bar = startProgress(flow.pictures.length, 0);
  try {
    for (;;) {
      // A question that a server which is gone does not answer is waited for no longer either.
      const state = await Promise.race([askAgain(merges, flow, again), interruption.arrival]);
      if (state === undefined) {
        bar.stop();
        console.error(
          `Stopped waiting; the work goes on: wasm-norm status ${flow.id} --queue ${address.shown}`,
        );
        process.exitCode = interruption.exitCode;
        return null;
      }
      if (state.kind === 'merged') {
        bar.update(flow.pictures.length);
        return state.merged;
      }
      if (state.kind === 'failed') {
        throw new Refusal(`${flow.id}: the shards' results could not be merged: ${state.reason}`);
      }
      if (state.kind === 'working') bar.update(state.pictures);
      await Promise.race([pause(EVERY), interruption.arrival]);
    }
  } finally {
    bar.stop();
    interruption.end();
    await Promise.race([merges.close(), pause(EVERY)]);
  }
}

type State<Name extends QueuedJob> =
  | { readonly kind: 'merged'; readonly merged: Merged<Name> }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'working'; readonly pictures: number }
  | { readonly kind: 'unknown' };

/** Asks a server that may be gone for a while, and may have lost what it was given. */
async function askAgain<Name extends QueuedJob>(
  merges: JobsQueue,
  flow: Flow<Name>,
  again: () => Promise<unknown>,
): Promise<State<Name>> {
  try {
    const state = await ask(merges, flow);
    if (state.kind === 'unknown') await again();
    return state;
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
    return { kind: 'unknown' };
  }
}

async function ask<Name extends QueuedJob>(
  merges: JobsQueue,
  { id, pictures, size }: Flow<Name>,
): Promise<State<Name>> {
  const job = await merges.getJob(id);
  if (job === undefined) return { kind: 'unknown' };
  if (job.finishedOn !== undefined) {
    return job.failedReason
      ? { kind: 'failed', reason: job.failedReason }
      : { kind: 'merged', merged: job.returnvalue };
  }
  const { processed = 0, ignored = 0 } = await job.getDependenciesCount();
  return { kind: 'working', pictures: Math.min(pictures.length, (processed + ignored) * size) };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
