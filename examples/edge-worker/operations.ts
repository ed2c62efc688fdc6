// The library's functions as the service offers them: which tensors the body may
// hold, which options the query, and what comes back.

import {
  adaptiveInstanceNorm,
  batchNorm,
  groupNorm,
  instanceNorm,
  layerNorm,
  rmsNorm,
  type Tensor,
} from 'wasm-norm';
import { HttpRefusal } from './http-refusal.ts';
import { MAX_GROUP_CHANNELS } from './limits.ts';
import { type Reader, readBoolean, readNumber, readNumbers, readWord } from './options.ts';

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** A function of the library. */
export interface Operation {
  /** What is normalized, by name, and passed as tensors. */
  readonly inputs: readonly string[];
  /** What else the body may hold, and is passed as values. */
  readonly parameters: readonly string[];
  readonly options: ReadonlyMap<string, Reader>;
  /**
   * Calls the function, which checks what it is given.
   *
   * @param inputs may lack some, or all
   * @param options parameters and options
   */
  // biome-ignore lint/suspicious/noExplicitAny: of what type they have to be, the library says
  readonly call: (inputs: any, options: any) => Tensor;
}

const AFFINE = ['weight', 'bias'];
const RUNNING = ['runningMean', 'runningVar'];

const EPS: [string, Reader] = ['eps', readNumber];
const LAYOUT: [string, Reader] = ['layout', readWord];
const CHANNEL: [string, Reader][] = [
  EPS,
  LAYOUT,
  ['lengths', readNumbers],
  ['momentum', readNumber],
  ['unbiased', readBoolean],
];
const SHAPE: [string, Reader] = ['normalizedShape', readNumbers];

/** By the names that the library has for them. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  [
    'instanceNorm',
    {
      inputs: ['x'],
      parameters: [...AFFINE, ...RUNNING],
      options: new Map([...CHANNEL, ['useInputStats', readBoolean]]),
      call: ({ x }, options) => instanceNorm(x, options),
    },
  ],
  [
    'batchNorm',
    {
      inputs: ['x'],
      parameters: [...AFFINE, ...RUNNING],
      options: new Map([...CHANNEL, ['training', readBoolean]]),
      call: ({ x }, options) => batchNorm(x, options),
    },
  ],
  [
    'layerNorm',
    {
      inputs: ['x'],
      parameters: AFFINE,
      options: new Map([SHAPE, EPS]),
      call: ({ x }, { normalizedShape, ...options }) => layerNorm(x, normalizedShape, options),
    },
  ],
  [
    'groupNorm',
    {
      inputs: ['x'],
      parameters: AFFINE,
      options: new Map([['numGroups', readNumber], EPS, LAYOUT]),
      call: ({ x }, { numGroups, ...options }) => {
        if (options.layout === 'nhwc') checkGroups(x, numGroups);
        return groupNorm(x, numGroups, options);
      },
    },
  ],
  [
    'rmsNorm',
    {
      inputs: ['x'],
      parameters: ['weight'],
      options: new Map([SHAPE, EPS]),
      call: ({ x }, { normalizedShape, ...options }) => rmsNorm(x, normalizedShape, options),
    },
  ],
  [
    'adaptiveInstanceNorm',
    {
      inputs: ['content', 'style'],
      parameters: [],
      options: new Map([['alpha', readNumber], EPS, LAYOUT]),
      call: ({ content, style }, options) => adaptiveInstanceNorm(content, style, options),
    },
  ],
]);

/**
 * Checks groups whose channels lie side by side: their statistics are kept all at once.
 *
 * @throws HttpRefusal where that takes too much memory.
 */
function checkGroups(x: Tensor | undefined, numGroups: number): void {
  const channels = (x?.shape.at(-1) ?? 0) / numGroups;
  if (!(channels > MAX_GROUP_CHANNELS && numGroups >= 1)) return;
  const message = `x: expected groups of at most ${MAX_GROUP_CHANNELS} channels, got ${channels}`;
  throw new HttpRefusal(413, message, { field: 'x' });
}
