import type { Control } from '../kernels/control.ts';
import { SharedInstances, workerText } from '../kernels/shared.ts';
import { Memory, useSpace } from '../memory/memory.ts';
import { ALIGNMENT, MAX_CHANNELS } from '../memory/sizes.ts';
import { Crew, stop } from './crew.ts';
import { cutsByName } from './cuts.ts';
import { Job, scratchSize } from './job.ts';

// Ends the workers of a memory that is gone. A control holds nothing of its memory.
let controls: FinalizationRegistry<Control> | undefined;

/** Makes a memory whose kernels are dealt out to threads, and starts those. */
export function createSharedSpace(
  byteLength: number,
  threads: number,
  workerUrl: string | URL | undefined,
): { readonly memory: Memory; readonly crew: Crew } {
  const space = Math.ceil(byteLength / ALIGNMENT) * ALIGNMENT;
  let job: Job | undefined;
  const instances = (bytes: number): SharedInstances =>
    new SharedInstances(bytes, threads, (shared, kernels) => {
      const dealt = { ...kernels };
      const cuts = cutsByName();
      for (const name of Object.keys(kernels)) {
        const cut = cuts[name];
        const alone = kernels[name];
        if (cut === undefined || alone === undefined || shared.numberOf(name) < 0) continue;
        dealt[name] = (...parameters) => {
          // Kernels take flags too.
          if (job === undefined || !cut(job, ...parameters.map(Number))) alone(...parameters);
        };
      }
      return dealt;
    });
  const memory = new Memory(space + scratchSize(threads), MAX_CHANNELS, instances);
  const shared = memory.instances as SharedInstances;
  const crew = new Crew(
    threads,
    { memory: shared.memory, modules: shared.modules },
    workerText,
    workerUrl,
  );
  job = new Job(shared, crew, memory.spaceAt + space);
  controls ??= new FinalizationRegistry(stop);
  controls.register(memory.buffer, crew.control);
  return { memory: useSpace(memory), crew };
}
