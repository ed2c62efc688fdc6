// The fleet in workerd, on a platform that fails when it is told to.

import { readFileSync } from 'node:fs';
import { expect, inject } from 'vitest';
import type { ShardResult } from '../../../examples/edge-stats/count-shard.ts';
import type { Report, Status } from '../../../examples/edge-stats/ledger.ts';
import type { Task } from '../../../examples/edge-stats/task.ts';
import { type Simulation, simulate } from '../../../examples/edge-stats/tools/simulate.ts';

/** What fails; see faulty-worker.js. */
export interface Faults {
  readonly reads?: Readonly<Record<string, number>>;
  readonly lists?: number;
  readonly acknowledgements?: number;
  readonly lost?: readonly [first: number, last: number];
  readonly deadly?: readonly number[];
  readonly twice?: boolean;
  readonly keys?: readonly string[];
}

/** What the platform saw since the faults were told. */
export interface Seen {
  /** The batches that were sent. */
  readonly sent: readonly { readonly messages: number; readonly bytes: number }[];
  readonly delivered: readonly { readonly queue: string; readonly bodies: readonly Task[] }[];
  /** How often each key was read. */
  readonly reads: Readonly<Record<string, number>>;
}

/** The fleet, with faults. */
export interface FaultyFleet extends Simulation {
  setFaults(faults: Faults): Promise<void>;
  seen(): Promise<Seen>;
  /** Gives shards a result, as if they were counted: their pictures, or those of the names. */
  record(
    run: string,
    shards: readonly number[],
    result: ShardResult,
    names?: readonly string[],
  ): Promise<void>;
  status(run: string): Promise<Status>;
  /** Asks until a run has ended one way or the other. */
  end(run: string): Promise<Status>;
  report(run: string): Promise<Report>;
}

/** @param batch messages of a batch; as wrangler.json says where it is left out */
export async function startFleet(batch?: number): Promise<FaultyFleet> {
  const contents = readFileSync(new URL('faulty-worker.js', import.meta.url), 'utf8');
  const entry = { path: 'faulty-worker.js', contents };
  const simulation = await simulate(inject('fleet'), batch ? { entry, batch } : { entry });
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(simulation.url + path, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    expect(answer.status, await answer.text()).toBe(200);
  };
  const fleet: FaultyFleet = {
    ...simulation,
    setFaults: (faults) => post('/faults', faults),
    record: (run, shards, result, names) => post('/record', { run, shards, result, names }),
    seen: async () => (await fetch(`${simulation.url}/seen`)).json() as Promise<Seen>,
    async status(run) {
      return (await simulation.ask(`GET /status?run=${run}`)).json() as Promise<Status>;
    },
    async end(run) {
      const isOver = ({ state }: Status) => state === 'done' || state === 'stopped';
      await expect.poll(async () => isOver(await fleet.status(run)), { interval: 20 }).toBe(true);
      return fleet.status(run);
    },
    async report(run) {
      const answer = await simulation.ask(`GET /result?run=${run}`);
      expect(answer.status, await answer.clone().text()).toBe(200);
      return answer.json() as Promise<Report>;
    },
  };
  return fleet;
}
