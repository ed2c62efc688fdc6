import { expect, test } from 'vitest';
import {
  expectContract,
  expectGradientContract,
  expectRunningStats,
} from '../properties/contract.ts';
import { expectClose, expectSameArrays, expectSameBits, expectSameGradients } from './closeness.ts';
import {
  type Arrays,
  backward,
  type Call,
  expectedStatistics,
  forward,
  type Options,
  scopesOf,
  usesRunningStats,
} from './norms.ts';
import { normals, uniforms } from './random.ts';
import { recordedArena } from './recorded-arena.ts';
import { sizeOf } from './shapes.ts';

/** What kernels a call runs, and what its gradients run. */
interface KernelCalls {
  readonly forward: string;
  readonly backward: string;
}

/** Those of a call whose tensors all lie in an arena, and of one whose results do not. */
export interface Found extends KernelCalls {
  readonly copied: KernelCalls;
}

// The reference takes 3 us for an element.
const MOST_REFERRED = 18_000;

/**
 * Expects a call and its gradients to be those of the reference, and of the same bits in an arena,
 * in place and from there to arrays. Returns what kernels they run.
 *
 * @param threads how many the arena seems to have
 * @param mostReferred with more elements they are compared with each other alone
 */
export function expectRight(
  call: Call,
  arrays: Arrays = {},
  threads = 1,
  mostReferred: number = Number.POSITIVE_INFINITY,
): Found {
  const { shape } = call;
  const size = sizeOf(shape);
  const x = normals(size, 1, 3, 2);
  const g = normals(size, 2);
  const given = structuredClone(arrays);
  const y = forward(call, { data: x, shape }, given);
  if (arrays.runningMean && !usesRunningStats(call)) expectRunningStats(given, call, x, arrays);
  else expectSameArrays(given, arrays);
  const read = structuredClone(arrays);
  const gradients = backward(call, { data: g, shape }, { data: x, shape }, read);
  expectSameArrays(read, arrays);
  if (size <= mostReferred) {
    expectContract(y.data, call, x, arrays);
    expectGradientContract(gradients, call, g, x, arrays);
    if (size > 0 && !usesRunningStats(call)) expectStatistics(call, x, arrays);
  }

  const parameters = Object.values(arrays).reduce((sum, { length }) => sum + length, 0);
  const { arena, callsOf } = recordedArena(12 * size + 4 * parameters + 1024, threads);
  const tensors = [arena.tensor({ data: g, shape }), arena.tensor({ data: x, shape })] as const;
  const copy = { data: new Float32Array(size), shape };
  const copied = {
    forward: callsOf(() => forward(call, tensors[1], structuredClone(arrays), copy)),
    backward: '',
  };
  expectSameBits(copy.data, y.data);
  copied.backward = callsOf(() => backward(call, ...tensors, arrays, copy));
  expectSameBits(copy.data, gradients.input.data);

  const inArena: Arrays = Object.fromEntries(
    Object.entries(arrays).map(([name, values]: [string, Float32Array]) => [
      name,
      arena.tensor({ data: values, shape: [values.length] }).data,
    ]),
  );
  const out = arena.tensor(shape);
  return {
    copied,
    backward: callsOf(() =>
      expectSameGradients(backward(call, ...tensors, inArena, out), gradients),
    ),
    forward: callsOf(() =>
      expectSameBits(forward(call, tensors[1], inArena, tensors[1]).data, y.data),
    ),
  };
}

/** Expects what a call says of the statistics that it found to be what the reference finds. */
function expectStatistics(call: Call, x: Float32Array, { weight, bias }: Arrays): void {
  const count = scopesOf(call);
  const outRstd = new Float32Array(count).fill(Number.NaN);
  const outMean = outRstd.slice();
  const out = call.norm === 'rmsNorm' ? { outRstd } : { outMean, outRstd };
  const options = { ...call.options, ...out };
  const parameters = { ...(weight ? { weight } : {}), ...(bias ? { bias } : {}) };
  forward({ ...call, options }, { data: x, shape: call.shape }, parameters);
  const { mean, rstd } = expectedStatistics(call, x);
  const padded = (values: Float64Array) => [...values, ...new Array(count - values.length).fill(0)];
  if (call.norm !== 'rmsNorm') expectClose(outMean, padded(mean));
  expectClose(outRstd, padded(rstd));
}

/** A call, its arrays, and what kernels it and its gradients run in an arena. */
export type Expected = readonly [
  title: string,
  call: Call,
  arrays: Arrays,
  forward: string,
  backward: string,
  /** What they run if results lie elsewhere, where that is something else. */
  copied?: { readonly forward?: string; readonly backward?: string },
];

/** Tests that calls are right, and run the kernels that they should. */
export function testCalls(rows: readonly Expected[], threads = 1): void {
  for (const [title, call, arrays, forward, backward, copied] of rows) {
    test(title, () => {
      const found = expectRight(call, arrays, threads, MOST_REFERRED);
      expect(found).toEqual({ forward, backward, copied: { forward, backward, ...copied } });
    });
  }
}

/** Calls by name. */
export const calls = {
  instance: (shape: Shape, options: Options = {}): Call => ({
    norm: 'instanceNorm',
    shape,
    options,
  }),
  /** By the batch's own statistics. */
  batch: (shape: Shape, options: Options = {}): Call => ({
    norm: 'batchNorm',
    shape,
    options: { training: true, ...options },
  }),
  group: (shape: Shape, numGroups: number, options: Options = {}): Call => ({
    norm: 'groupNorm',
    shape,
    numGroups,
    options,
  }),
  layer: (shape: Shape, normalizedShape: Shape, options: Options = {}): Call => ({
    norm: 'layerNorm',
    shape,
    normalizedShape,
    options,
  }),
  rms: (shape: Shape, normalizedShape: Shape, options: Options = {}): Call => ({
    norm: 'rmsNorm',
    shape,
    normalizedShape,
    options,
  }),
} as const;

type Shape = readonly number[];

/** So many weights and biases. */
export function affine(count: number): Arrays {
  return { ...weights(count), ...biases(count) };
}

export function weights(count: number): Arrays {
  return { weight: normals(count, 3, 1) };
}

export function biases(count: number): Arrays {
  return { bias: normals(count, 4) };
}

/** Running statistics of so many channels. */
export function running(count: number): Arrays {
  return { runningMean: normals(count, 5), runningVar: uniforms(count, 6, 0.5, 2) };
}

/** A mask of so many places, of which each `every`th is left out. */
export function maskOf(count: number, every = 3): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (i % every === 0 ? 0 : 1));
}
