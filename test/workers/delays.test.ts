// Workers that are late by random times, each time they take a piece: who does a piece, and when,
// changes no bit. `npm run test:long` goes through a thousand schedules.

import { expect, test } from 'vitest';
import {
  type Arena,
  type Gradients,
  instanceNorm,
  instanceNormBackward,
  layerNormBackward,
  Tensor,
} from '../../src/index.ts';
import { workerText } from '../../src/kernels/shared.ts';
import { useSpace } from '../../src/memory/memory.ts';
import { Arena as ArenaOf } from '../../src/tensor/arena.ts';
import { Crew } from '../../src/workers/crew.ts';
import { Job } from '../../src/workers/job.ts';
import { createDealtMemory } from '../../src/workers/shared-space.ts';
import { expectSameBits } from '../support/closeness.ts';
import { normals } from '../support/random.ts';
import { sizeOf } from '../support/shapes.ts';

const THREADS = 4;
const SCHEDULES = Number(process.env.SCHEDULES ?? 40);

// Of eight times one is late by up to a piece of work, and one in a hundred by many.
const DELAYS = `
  const { add } = Atomics;
  Atomics.add = (words, i, value) => {
    const luck = Math.random();
    const most = luck < 0.01 ? 2 : luck < 0.12 ? 0.05 : 0;
    const end = performance.now() + Math.random() * most;
    while (performance.now() < end);
    return add(words, i, value);
  };`;

/** An arena with threads that are late. */
async function lateArena(byteLength: number): Promise<{ arena: Arena; crew: Crew }> {
  const crews: Crew[] = [];
  const arena = new ArenaOf(byteLength, (bytes) => {
    const { memory, shared, scratchAt, deal } = createDealtMemory(bytes, THREADS);
    const orders = { memory: shared.memory, modules: shared.modules };
    const crew = new Crew(THREADS, orders, `${DELAYS}\n${workerText}`, undefined);
    deal(new Job(shared, crew, scratchAt));
    crews.push(crew);
    return useSpace(memory);
  });
  const crew = crews[0] as Crew;
  await crew.ready;
  return { arena, crew };
}

type Run = (x: Tensor, gradOutput: Tensor, out: Tensor) => Tensor | Gradients;

const CALLS: readonly (readonly [shape: readonly number[], Run])[] = [
  [[9, 100, 7, 9], (x, _, out) => instanceNorm(x, { out })],
  [[90, 90, 7], (x, g, out) => instanceNormBackward(g, x, { weight: normals(90, 3), out })],
  [[1, 3, 150, 151], (x, g, out) => instanceNormBackward(g, x, { weight: normals(3, 3), out })],
  [[100, 600], (x, g, out) => layerNormBackward(g, x, [600], { weight: normals(600, 3), out })],
];

/** Returns a copy of all that a call finds. */
function numbersIn(result: Tensor | Gradients): number[] {
  const parts = result instanceof Tensor ? [result] : [result.input, result.weight, result.bias];
  return parts.flatMap((part) => [...(part instanceof Tensor ? part.data : (part ?? []))]);
}

test('late threads change no bit', { timeout: 600_000 }, async () => {
  const { arena, crew } = await lateArena(8 << 20);
  expect(crew.threads).toBe(THREADS);
  const calls = CALLS.map(([shape, run]) => {
    const [x, g] = [1, 2].map((seed) => {
      const tensor = arena.tensor(shape);
      tensor.data.set(normals(sizeOf(shape), seed));
      return tensor;
    }) as [Tensor, Tensor];
    const out = arena.tensor(shape);
    const call = () => {
      out.data.fill(Number.NaN);
      return Float32Array.from(numbersIn(run(x, g, out)));
    };
    return { call, first: call() };
  });
  for (let i = 0; i < SCHEDULES; i++) {
    const { call, first } = calls[i % calls.length] as (typeof calls)[number];
    expectSameBits(call(), first);
  }
  crew.close();
  for (const { call, first } of calls) expectSameBits(call(), first);
});
