import { Control, doPiece } from '../../src/kernels/control.ts';
import { useSpace } from '../../src/memory/memory.ts';
import { Arena } from '../../src/tensor/arena.ts';
import { describeRound } from '../../src/workers/crew.ts';
import { type AnyCrew, Job } from '../../src/workers/job.ts';
import { createDealtMemory } from '../../src/workers/shared-space.ts';
import { uniformFrom } from './random.ts';

/**
 * An arena whose kernels are dealt out to threads that are not there: one after the other, the
 * pieces of each round are done in a random order, each by a random thread, and some twice where
 * they may be done again. Calls of any size are dealt out, in pieces of a few elements.
 */
export function shuffledArena(byteLength: number, threads: number, seed: number): Arena {
  return new Arena(byteLength, (bytes) => {
    const random = uniformFrom(seed);
    const { memory, shared, scratchAt, deal } = createDealtMemory(bytes, threads);
    const all = new Uint8Array(memory.buffer);
    const control = new Control();
    const crew: AnyCrew = {
      threads,
      run({ kernels }, round) {
        describeRound(control, threads, round);
        const pieces = Array.from({ length: round.rows * round.columns }, (_, piece) => piece);
        if (round.repeatable) pieces.push(...pieces.filter(() => random() < 0.2));
        for (let left = pieces.length; left > 0; left--) {
          const [piece] = pieces.splice(Math.floor(random() * left), 1) as [number];
          doPiece(control, kernels, all, Math.floor(random() * threads), piece);
        }
      },
    };
    deal(new Job(shared, crew, scratchAt, 1, 64));
    return useSpace(memory);
  });
}
