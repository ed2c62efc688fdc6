import type { Control } from '../kernels/control.ts';
import { SharedInstances, workerText } from '../kernels/shared.ts';
import { Memory, useSpace } from '../memory/memory.ts';
import { ALIGNMENT, MAX_CHANNELS } from '../memory/sizes.ts';
import { Crew, stop } from './crew.ts';
import { CUTS } from './cuts.ts';
import { Job, scratchSize } from './job.ts';

// Ends the workers of a memory that is gone. A control holds nothing of its memory.
let controls: FinalizationRegistry<Control> | undefined;

/** Makes a memory whose kernels are dealt out to threads, and starts those. */
export function createSharedSpace(
  byteLength: number,
  threads: number,
  workerUrl: string | undefined,
): { readonly memory: Memory; readonly crew: Crew } {
  const { memory, shared, scratchAt, deal } = createDealtMemory(byteLength, threads);
  const orders = { memory: shared.memory, modules: shared.modules };
  const crew = new Crew(threads, orders, workerText, workerUrl);
  deal(new Job(shared, crew, scratchAt));
  controls ??= new FinalizationRegistry(stop);
  controls.register(memory.buffer, crew.control);
  return { memory: useSpace(memory), crew };
}

/** A memory, and what a job for it is made of. */
export interface DealtMemory {
  readonly memory: Memory;
  readonly shared: SharedInstances;
  readonly scratchAt: number;
  /** Deals the kernels out by a job from now on. */
  deal(job: Job): void;
}

/** Makes a memory whose kernels can be dealt out. */
export function createDealtMemory(byteLength: number, threads: number): DealtMemory {
  const space = Math.ceil(byteLength / ALIGNMENT) * ALIGNMENT;
  let job: Job | undefined;
  const instances = (bytes: number): SharedInstances =>
    new SharedInstances(bytes, threads, (shared, kernels) => {
      const dealt = { ...kernels };
      for (const [name, alone] of Object.entries(kernels)) {
        if (CUTS[name] === undefined || shared.numberOf(name) < 0) continue;
        dealt[name] = (...parameters) => {
          if (job) job.callByName(name, parameters);
          else alone(...parameters);
        };
      }
      return dealt;
    });
  const memory = new Memory(space + scratchSize(threads), MAX_CHANNELS, instances, 2 * threads);
  return {
    memory,
    shared: memory.instances as SharedInstances,
    scratchAt: memory.spaceAt + space,
    deal(made) {
      job = made;
    },
  };
}
