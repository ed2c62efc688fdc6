// Work that is repeated to see whether memory stays level.

import { existsSync, readdirSync } from 'node:fs';
import {
  Arena,
  adaptiveInstanceNorm,
  BatchNorm,
  ChannelMoments,
  GroupNorm,
  InstanceNorm,
  type Layer,
  LayerNorm,
  RMSNorm,
  readSafetensors,
  SharedArena,
  writeSafetensors,
} from '../../src/index.ts';
import { backward, type Call, forward, randomTensor } from '../support/norms.ts';

/** Work in turns, none of which leaves anything behind. */
export interface Load {
  readonly name: string;
  /** What one turn is, as figures name it. */
  readonly turn: string;
  readonly run: (turn: number) => void | Promise<void>;
}

/** Where Linux lists the threads of the process. */
const TASKS = '/proc/self/task';

const SHAPES = [
  [1, 1, 2],
  [2, 3, 9],
  [1, 16, 49],
  [4, 8, 196],
  [2, 64, 100],
  [1, 5000, 3],
  [1, 3, 70_000],
];

const CALLS: readonly Call[] = SHAPES.flatMap((shape): Call[] => [
  { norm: 'instanceNorm', shape, options: {} },
  { norm: 'batchNorm', shape, options: { training: true } },
  { norm: 'groupNorm', shape, numGroups: 1, options: {} },
  { norm: 'layerNorm', shape, normalizedShape: shape.slice(1), options: {} },
  { norm: 'rmsNorm', shape, normalizedShape: shape.slice(2), options: {} },
]);

const inputs = new Map(SHAPES.map((shape, i) => [shape, randomTensor(shape, i)]));

/** Every norm on plain arrays of every size. Few are large, and some calls are refused. */
const calls: Load = {
  name: 'calls of mixed sizes on plain arrays',
  turn: 'call',
  run(turn) {
    const isLarge = turn % 1000 === 0;
    const few = CALLS.length - 10;
    const call = CALLS[isLarge ? few + ((turn / 1000) % 10) : turn % few] as Call;
    const x = inputs.get(call.shape as number[]) ?? randomTensor(call.shape, 0);
    if (turn % 7 === 3) backward(call, x, x, {});
    else if (turn % 11 === 5) adaptiveInstanceNorm(x, x);
    else if (turn % 101 === 7) refused(() => forward(call, { data: x.data, shape: [] }, {}));
    else forward(call, x, {});
  },
};

function refused(call: () => unknown): void {
  try {
    call();
  } catch {
    return;
  }
  throw new Error('expected a refusal, got a result');
}

const arenas: Load = {
  name: 'arenas made, used and dropped',
  turn: 'arena',
  run(turn) {
    const arena = new Arena(2 ** 20 * (1 + (turn % 4)));
    const x = arena.tensor([1, 16, 4096]);
    forward({ norm: 'instanceNorm', shape: x.shape, options: {} }, x, {}, x);
  },
};

/** Arenas with a worker each, which are closed: some before it joins, some while it looks for work. */
const sharedArenas: Load = {
  name: 'shared arenas made, used and closed',
  turn: 'shared arena',
  async run(turn) {
    const arena = new SharedArena(2 ** 20 * (1 + (turn % 4)), { threads: 2 });
    const x = arena.tensor([1, 16, 8192]);
    if (turn % 3 > 0) await arena.ready;
    forward({ norm: 'instanceNorm', shape: x.shape, options: {} }, x, {}, x);
    arena.close();
    await arena.ready;
  },
};

// More threads than this are left by arenas that were never ended: garbage is collected every 34
// turns, and the engine has a dozen of its own.
const MOST_THREADS = 120;

/** Arenas with a worker each, which nobody closes: their threads end as they are collected. */
const droppedArenas: Load = {
  name: 'shared arenas made, used and dropped',
  turn: 'dropped arena',
  async run(turn) {
    const arena = new SharedArena(2 ** 20 * (1 + (turn % 4)), { threads: 2 });
    const x = arena.tensor([1, 16, 8192]);
    await arena.ready;
    forward({ norm: 'instanceNorm', shape: x.shape, options: {} }, x, {}, x);
    const threads = existsSync(TASKS) ? readdirSync(TASKS).length : 0;
    if (threads > MOST_THREADS) throw new Error(`${threads} threads after ${turn} arenas`);
  },
};

const LAYERS: readonly (() => Layer)[] = [
  () => new InstanceNorm(16, { affine: true, trackRunningStats: true }),
  () => new BatchNorm(16),
  () => new GroupNorm(4, 16),
  () => new LayerNorm([16, 49]),
  () => new RMSNorm(49),
];

const batch = randomTensor([8, 16, 49], 1);

/** Layers that are trained for some steps, saved, loaded and discarded. */
const layers: Load = {
  name: 'layers trained, saved and discarded',
  turn: 'layer',
  run(turn) {
    const make = LAYERS[turn % LAYERS.length] as () => Layer;
    const layer = make();
    for (let step = 0; step < 4; step++) layer.backward(layer.forward(batch));
    make().loadStateDict(readSafetensors(writeSafetensors(layer.stateDict())));
    new ChannelMoments(16).update(batch).merge(new ChannelMoments(16).update(batch));
  },
};

export const loads = { calls, arenas, sharedArenas, droppedArenas, layers } satisfies Record<
  string,
  Load
>;
