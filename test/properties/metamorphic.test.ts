// How a change of the input changes the result. Mathematics says how, so no reference is needed.

import fc from 'fast-check';
import { expect } from 'vitest';
import { Tensor } from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import {
  type Arrays,
  type Call,
  expectedOutput,
  forward,
  usesRunningStats,
} from '../support/norms.ts';
import { uniformFrom } from '../support/random.ts';
import { sizeOf } from '../support/shapes.ts';
import { arraysOf, channelsOf, type Drawn, drawn, NORMS } from './calls.ts';
import { expectContract } from './contract.ts';
import { data, numbersOf, ordinary } from './data.ts';
import { holds } from './holds.ts';

// Numbers whose squares stay normal when they are scaled by a power of two.
const MODERATE = data({ min: -4, max: 4 }, ['normal', 'two values', 'ramp', 'outlier']);

const CENTRED = NORMS.filter((norm) => norm !== 'rmsNorm');

/** Runs a call on a copy of the input. */
function run(call: Call, x: Float32Array, arrays: Arrays = {}, shape = call.shape): Float32Array {
  return forward({ ...call, shape }, new Tensor(x.slice(), shape), arrays).data;
}

/** Calls that use the input's own statistics. */
function ownStatistics(norms: readonly Call['norm'][] = NORMS): fc.Arbitrary<Drawn> {
  return drawn(MODERATE, norms, ordinary()).filter(({ call }) => !usesRunningStats(call));
}

function weightOf(random: Drawn): Arrays {
  const { weight } = arraysOf(random);
  return weight ? { weight } : {};
}

holds(
  'scaling the input, and the root of eps, by a power of two changes no bit',
  60,
  fc.tuple(ownStatistics(), fc.integer({ min: -20, max: 20 })),
  ([random, exponent]) => {
    const { call } = random;
    const x = numbersOf(random.x, sizeOf(call.shape));
    const { eps = call.norm === 'rmsNorm' ? 2 ** -23 : 1e-5 } = call.options;
    const scale = 2 ** exponent;
    const power = call.options.epsMode === 'std' ? scale : scale * scale;
    const scaled = { ...call, options: { ...call.options, eps: eps * power } };
    const y = run({ ...call, options: { ...call.options, eps } }, x, weightOf(random));
    expectSameBits(
      run(
        scaled,
        x.map((value) => value * scale),
        weightOf(random),
      ),
      y,
    );
  },
);

holds('negating the input negates the result', 40, ownStatistics(), (random) => {
  const { call } = random;
  const x = numbersOf(random.x, sizeOf(call.shape));
  const y = run(call, x, weightOf(random));
  const negated = run(
    call,
    x.map((value) => -value),
    weightOf(random),
  );
  // The sign of 0 does not matter.
  expectSameBits(
    negated.map((value) => 0 - value),
    y.map((value) => 0 + value),
  );
});

holds(
  'a constant added to the input changes nothing, where its mean is subtracted',
  60,
  fc.tuple(ownStatistics(CENTRED), fc.integer({ min: -(2 ** 22), max: 2 ** 22 })),
  ([random, shift]) => {
    const { call } = random;
    // Whole numbers make the sums exact.
    const x = numbersOf(random.x, sizeOf(call.shape)).map((value) => Math.round(value) % 2 ** 20);
    const y = run(
      call,
      x.map((value) => value + shift),
      weightOf(random),
    );
    expectContract(y, call, x, weightOf(random));
  },
);

/** Reorders an axis of a tensor of the given shape. */
function take(x: Float32Array, shape: readonly number[], axis: number, order: readonly number[]) {
  const inner = sizeOf(shape.slice(axis + 1));
  const size = shape[axis] as number;
  return x.map((_, i) => {
    const place = Math.floor(i / inner) % size;
    return x[i + ((order[place] as number) - place) * inner] as number;
  });
}

/** A random order of 0, 1, 2, ... */
function shuffled(count: number, seed: number): number[] {
  const uniform = uniformFrom(seed);
  const keys = Array.from({ length: count }, uniform);
  return keys.map((_, i) => i).sort((a, b) => (keys[a] as number) - (keys[b] as number));
}

holds(
  'permuting channels with their parameters permutes the result',
  60,
  fc.tuple(drawn(MODERATE, ['instanceNorm', 'batchNorm'], ordinary()), fc.nat()),
  ([random, seed]) => {
    const { call } = random;
    const { shape, options } = call;
    const channels = channelsOf(shape, options.layout);
    const order = shuffled(channels, seed);
    const axis = options.layout === 'nhwc' ? shape.length - 1 : 1;
    const x = numbersOf(random.x, sizeOf(shape));
    const arrays = arraysOf(random);
    const permuted = Object.fromEntries(
      Object.entries(arrays).map(([name, values]: [string, Float32Array]) => [
        name,
        take(values, [values.length / channels, channels], 1, order),
      ]),
    );
    const y = run(call, x, arrays);
    const found = run(call, take(x, shape, axis, order), permuted);
    const expected = take(y, shape, axis, order);
    // Columns are summed by vectors, but for the last few. Batches of few values are columns too.
    const hasColumns = axis > 1 || call.norm === 'batchNorm' || sizeOf(shape.slice(2)) === 1;
    if (!hasColumns) expectSameBits(found, expected);
    else expectContract(found, call, take(x, shape, axis, order), permuted);
  },
);

/** Calls that normalize each sample by itself. */
const apart = drawn().filter(
  ({ call: { norm, shape, numGroups = 1, normalizedShape, options }, parameters }) =>
    (shape[0] as number) > 1 &&
    normalizedShape?.length !== shape.length &&
    !options.training &&
    !options.lengths &&
    !options.mask &&
    !parameters.some((name) => name.endsWith('of each sample')) &&
    // Groups of one value are accepted only if there are more samples.
    !(norm === 'groupNorm' && sizeOf(shape.slice(1)) === numGroups),
);

holds(
  'samples that are normalized apart may be split',
  60,
  fc.tuple(apart, fc.nat()),
  ([random, seed]) => {
    const { call } = random;
    const { shape } = call;
    const [samples, ...rest] = shape as [number, ...number[]];
    const x = numbersOf(random.x, sizeOf(shape));
    const cut = 1 + (seed % (samples - 1));
    const at = cut * sizeOf(rest);
    // Each call gets new arrays, since running statistics move by the whole batch.
    const first = run(call, x.subarray(0, at), arraysOf(random), [cut, ...rest]);
    const second = run(call, x.subarray(at), arraysOf(random), [samples - cut, ...rest]);
    expectSameBits(joined(first, second), run(call, x, arraysOf(random)));
  },
);

holds(
  'samples that are normalized apart may be permuted',
  40,
  fc.tuple(apart, fc.nat()),
  ([random, seed]) => {
    const { call } = random;
    const { shape } = call;
    const x = numbersOf(random.x, sizeOf(shape));
    const order = shuffled(shape[0] as number, seed);
    const y = run(call, x, arraysOf(random));
    const found = run(call, take(x, shape, 0, order), arraysOf(random));
    expectSameBits(found, take(y, shape, 0, order));
  },
);

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

holds(
  'a batch repeated twice has the statistics of the batch',
  30,
  ownStatistics(['batchNorm']),
  (random) => {
    // n - 1 is not doubled.
    const options = { ...random.call.options, correction: 0 } as const;
    const call = { ...random.call, options };
    const { shape } = call;
    const x = numbersOf(random.x, sizeOf(shape));
    const twice = [2 * (shape[0] as number), ...shape.slice(1)];
    const { lengths, mask } = options;
    const doubled: Call = {
      ...call,
      options: {
        ...options,
        ...(lengths ? { lengths: [...lengths, ...lengths] } : {}),
        ...(mask ? { mask: Uint8Array.from([...mask, ...mask].map(Number)) } : {}),
      },
    };
    const y = run(doubled, joined(x, x), weightOf(random), twice);
    expectContract(y.subarray(0, x.length), call, x, weightOf(random));
    expectContract(y.subarray(x.length), call, x, weightOf(random));
  },
);

holds(
  'NaN and infinity affect only elements that share statistics with them',
  50,
  fc.tuple(ownStatistics(), fc.nat(), fc.constantFrom(Number.NaN, 1 / 0, -1 / 0)),
  ([random, at, value]) => {
    const { call } = random;
    const x = numbersOf(random.x, sizeOf(call.shape));
    if (x.length === 0) return;
    const arrays = weightOf(random);
    const y = run(call, x, arrays);
    x[at % x.length] = Number.NaN;
    const isReached = Array.from(expectedOutput(call, x, arrays), Number.isNaN);
    x[at % x.length] = value;
    const spoiled = run(call, x, arrays);
    expect(spoiled.every((result, i) => !isReached[i] || Number.isNaN(result))).toBe(true);
    const others = (values: Float32Array) => values.filter((_, i) => !isReached[i]);
    expectSameBits(others(spoiled), others(y));
  },
);
