// Calls of the five normalizations, drawn by fast-check.

import fc from 'fast-check';
import { type Arrays, type Call, type Options, usesRunningStats } from '../support/norms.ts';
import { uniforms } from '../support/random.ts';
import { sizeOf } from '../support/shapes.ts';
import { type Data, data, factors, numbersOf } from './data.ts';

// More than two of the library's tiles.
const MOST_ELEMENTS = 150_000;

// Several strips of short columns, and more channels than have numbers at once.
const MOST_WIDE_ELEMENTS = 30_000;

/** A call with its options, and the numbers that its arrays hold. */
export interface Drawn {
  readonly call: Call;
  readonly x: Data;
  readonly gradOutput: Data;
  readonly weight: Data;
  readonly bias: Data;
  /** What the running statistics are of the size of. */
  readonly running: Data;
  readonly parameters: readonly Parameter[];
  /** The seed of the random parameters. */
  readonly seed: number;
}

type Parameter = keyof Arrays | 'weight of each sample' | 'bias of each sample';

export const NORMS = ['instanceNorm', 'batchNorm', 'groupNorm', 'layerNorm', 'rmsNorm'] as const;

/** Shapes of some rank. Most are small, some are larger than a tile. Sizes of 0 and 1 are included. */
export function shape(minRank: number, maxRank: number): fc.Arbitrary<readonly number[]> {
  const size = fc.oneof(
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.constant(1) },
    { weight: 20, arbitrary: fc.integer({ min: 2, max: 9 }) },
    { weight: 8, arbitrary: fc.integer({ min: 10, max: 70 }) },
    { weight: 3, arbitrary: fc.integer({ min: 71, max: 6000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 6001, max: MOST_ELEMENTS }) },
  );
  const most = fc.oneof(
    { weight: 60, arbitrary: fc.constant(2000) },
    { weight: 1, arbitrary: fc.constant(MOST_ELEMENTS) },
  );
  return fc
    .tuple(fc.array(size, { minLength: minRank, maxLength: maxRank }), most)
    .map(([sizes, most]) => {
      let left: number = most;
      return sizes.map((size) => {
        const fitting = Math.min(size, left);
        left = Math.floor(left / Math.max(1, fitting));
        return fitting;
      });
    });
}

/** Shapes of few elements a channel in thousands of channels, which lie second or last. */
function manyChannels(): fc.Arbitrary<readonly number[]> {
  return fc
    .record({
      samples: fc.integer({ min: 1, max: 40 }),
      spatial: fc.integer({ min: 1, max: 33 }),
      channels: fc.integer({ min: 1, max: 9000 }),
      isLast: fc.boolean(),
    })
    .map(({ samples, spatial, channels, isLast }) => {
      const fitting = Math.min(channels, Math.ceil(MOST_WIDE_ELEMENTS / (samples * spatial)));
      return isLast ? [samples, spatial, fitting] : [samples, fitting, spatial];
    });
}

/** Shapes of a few rows of elements that are more than have numbers at once as channels. */
function longRows(): fc.Arbitrary<readonly number[]> {
  return fc
    .record({
      rows: fc.integer({ min: 1, max: 9 }),
      length: fc.integer({ min: 4090, max: 20_000 }),
      apart: fc.constantFrom(1, 1, 2, 5),
    })
    .map(({ rows, length, apart }) => {
      const fitting = Math.max(1, Math.floor(MOST_WIDE_ELEMENTS / (length * apart)));
      return apart === 1 ? [Math.min(rows, fitting), length] : [fitting, length, apart];
    });
}

/** Shapes whose second dimension is normalized in many places, as channels of pictures are. */
function manyPlaces(): fc.Arbitrary<readonly number[]> {
  return fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 150 }),
    fc.integer({ min: 1, max: 80 }),
  );
}

/**
 * Calls that the library accepts.
 *
 * @param others what weights, biases and gradients are drawn from
 */
export function drawn(
  x = data(),
  norms: readonly Call['norm'][] = NORMS,
  others = factors(),
): fc.Arbitrary<Drawn> {
  return fc
    .constantFrom(...norms)
    .chain((norm) =>
      fc.record({
        norm: fc.constant(norm),
        shape:
          norm === 'layerNorm' || norm === 'rmsNorm'
            ? fc.oneof(
                { weight: 30, arbitrary: shape(1, 6) },
                { weight: 1, arbitrary: longRows() },
                { weight: 1, arbitrary: manyPlaces() },
              )
            : fc.oneof(
                { weight: 12, arbitrary: shape(2, 6) },
                { weight: 1, arbitrary: manyChannels() },
              ),
        choice: fc.nat({ max: 2 ** 16 }),
        layout: fc.constantFrom('nchw', 'nhwc'),
        eps: fc.constantFrom(undefined, 1e-5, 0, 0, 1e-12, 0.5, 1e3),
        own: fc.boolean(),
        momentum: fc.constantFrom(undefined, 0, 1, 0.25, -0.5, 1.5),
        unbiased: fc.constantFrom(undefined, true, false),
        withLengths: fc.boolean(),
        mask: fc.option(masks, { freq: 1, nil: undefined }),
        axes: fc.option(fc.array(fc.nat({ max: 5 }), { maxLength: 6 }), {
          freq: 1,
          nil: undefined,
        }),
        correction: fc.oneof(
          { weight: 3, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.constantFrom(0 as const, 1 as const, 1 as const) },
        ),
        epsMode: fc.oneof(
          { weight: 3, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.constantFrom('variance' as const, 'std' as const) },
        ),
        x,
        gradOutput: others,
        weight: others,
        bias: others,
        other: fc.option(others, { freq: 2, nil: undefined }),
        parameters: fc.subarray<Parameter>([
          'weight',
          'bias',
          'runningMean',
          'runningVar',
          'weight of each sample',
          'bias of each sample',
        ]),
        seed: fc.nat({ max: 2 ** 20 }),
      }),
    )
    .map(({ x, gradOutput, weight, bias, other, parameters, seed, ...choices }) => {
      const call = callOf(choices);
      const running = other ?? x;
      const names = allowed(call, parameters);
      return { call, x, gradOutput, weight, bias, running, parameters: names, seed };
    })
    .filter(({ call }) => hasStatistics(call));
}

/** What a mask is made of. */
interface MaskChoice {
  readonly kind: 'random' | 'block' | 'alike';
  /** The share of what it holds, or of the places where a block may begin and end. */
  readonly share: number;
  readonly asBooleans: boolean;
  /** Whether the mask of layer and RMS normalization has one for each row. */
  readonly isOfRows: boolean;
}

const masks: fc.Arbitrary<MaskChoice> = fc.record({
  kind: fc.constantFrom('random', 'block', 'alike'),
  share: fc.constantFrom(0, 0.1, 0.5, 0.5, 0.9, 1),
  asBooleans: fc.boolean(),
  isOfRows: fc.boolean(),
});

/** Makes the mask of `samples` times `size` places. */
function maskOf(
  { kind, share, asBooleans }: MaskChoice,
  samples: number,
  size: number,
  seed: number,
): Uint8Array | readonly boolean[] {
  const uniform = uniforms(samples * size, seed + 9, 0, 1);
  const isHeld = (i: number): boolean => {
    const place = i % size;
    const sample = i - place;
    if (kind === 'alike') return (uniform[place] as number) < share;
    if (kind === 'random') return (uniform[i] as number) < share;
    const start = (1 - share) * (uniform[sample] as number) * size;
    return place >= start && place < start + share * size;
  };
  const held = Array.from({ length: samples * size }, (_, i) => isHeld(i));
  // Any byte but 0 holds.
  return asBooleans ? held : Uint8Array.from(held, (holds, i) => (holds ? 1 + (i % 255) : 0));
}

interface Choices {
  readonly mask: MaskChoice | undefined;
  readonly norm: Call['norm'];
  readonly shape: readonly number[];
  readonly choice: number;
  readonly layout: 'nchw' | 'nhwc';
  readonly eps: number | undefined;
  readonly own: boolean;
  readonly momentum: number | undefined;
  readonly unbiased: boolean | undefined;
  readonly withLengths: boolean;
  readonly axes: readonly number[] | undefined;
  readonly correction: 0 | 1 | undefined;
  readonly epsMode: 'variance' | 'std' | undefined;
}

function callOf({ norm, shape, choice, own, withLengths, mask, ...rest }: Choices): Call {
  const { eps, layout, momentum, unbiased, epsMode } = rest;
  const correction = rest.correction;
  switch (norm) {
    case 'layerNorm':
    case 'rmsNorm': {
      // Every other one is counted from the last.
      const axes = rest.axes
        ?.filter((axis, i, all) => axis < shape.length && all.indexOf(axis) === i)
        .map((axis, i) => (i % 2 === 0 ? axis : axis - shape.length));
      const normalizedShape =
        axes?.map((axis) => shape.at(axis) as number) ?? shape.slice(choice % shape.length);
      const length = sizeOf(normalizedShape);
      const kept = shape.filter((_, i) => !isNormalized(i, shape, normalizedShape, axes));
      const options = {
        eps,
        axes,
        epsMode,
        mask: mask && maskOf(mask, sizeOf(kept), mask.isOfRows ? 1 : length, choice),
      };
      const ofMean = norm === 'layerNorm' && sizeOf(normalizedShape) !== 1 ? { correction } : {};
      return { norm, shape, normalizedShape, options: defined({ ...options, ...ofMean }) };
    }
    case 'groupNorm': {
      const channels = channelsOf(shape, layout);
      const divisors = Array.from({ length: Math.min(channels, 4096) }, (_, i) => i + 1).filter(
        (groups) => channels % groups === 0,
      );
      const numGroups = divisors[choice % divisors.length] ?? 1;
      const isSingle = sizeOf(shape.slice(1)) === numGroups;
      const ofMany = isSingle ? {} : { correction };
      const options = {
        eps,
        layout,
        epsMode,
        ...ofMany,
        mask: mask && channelMask(mask, shape, layout, choice),
      };
      return { norm, shape, numGroups, options: defined(options) };
    }
    default: {
      const spatial = (layout === 'nchw' ? shape[2] : shape[1]) ?? 0;
      const uniform = uniforms(shape[0] as number, choice, 0, spatial + 1);
      const hasLengths = withLengths && shape.length === 3 && mask === undefined;
      const lengths = hasLengths ? [...uniform].map(Math.floor) : undefined;
      const mode = norm === 'batchNorm' ? { training: own } : { useInputStats: own };
      return {
        norm,
        shape,
        options: defined({
          eps,
          layout,
          momentum,
          unbiased,
          lengths,
          mask: mask && channelMask(mask, shape, layout, choice),
          epsMode,
          ...(own ? { correction } : {}),
          ...mode,
        }),
      };
    }
  }
}

function channelMask(
  mask: MaskChoice,
  shape: readonly number[],
  layout: 'nchw' | 'nhwc',
  seed: number,
): Uint8Array | readonly boolean[] {
  const spatial = sizeOf(layout === 'nhwc' ? shape.slice(1, -1) : shape.slice(2));
  return maskOf(mask, shape[0] as number, spatial, seed);
}

/** Whether a dimension is one of those that layer and RMS normalization normalize. */
function isNormalized(
  dimension: number,
  shape: readonly number[],
  normalizedShape: readonly number[],
  axes: readonly number[] | undefined,
): boolean {
  return axes
    ? axes.some((axis) => axis === dimension || axis + shape.length === dimension)
    : dimension >= shape.length - normalizedShape.length;
}

/** Leaves out what is undefined, as callers do. */
function defined(
  options: { readonly [name in keyof Options]: Options[name] | undefined },
): Options {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Options;
}

export function channelsOf(shape: readonly number[], layout: 'nchw' | 'nhwc' = 'nchw'): number {
  return (layout === 'nchw' ? shape[1] : shape.at(-1)) as number;
}

/** Whether statistics are taken of more than one value, or of none, if that matters. */
function hasStatistics(call: Call): boolean {
  const { norm, shape, numGroups = 1, options } = call;
  const { layout, lengths, mask } = options;
  if (usesRunningStats(call) || norm === 'layerNorm' || norm === 'rmsNorm') return true;
  const samples = shape[0] as number;
  const spatial = sizeOf(layout === 'nhwc' ? shape.slice(1, -1) : shape.slice(2));
  if (mask && (norm !== 'instanceNorm' || spatial !== 1)) {
    const held = Array.from(
      { length: samples },
      (_, sample) =>
        Array.from<number | boolean>(mask.slice(sample * spatial, (sample + 1) * spatial)).filter(
          Boolean,
        ).length,
    );
    const all = held.reduce((sum, count) => sum + count, 0);
    if (norm === 'instanceNorm') return Math.max(0, ...held) !== 1;
    if (norm === 'groupNorm') return (all * channelsOf(shape, layout)) / numGroups !== 1;
    return all !== 1;
  }
  if (norm === 'instanceNorm') return spatial !== 1 && Math.max(...(lengths ?? [0])) !== 1;
  if (norm === 'groupNorm') return sizeOf(shape) / numGroups !== 1;
  if (lengths) return lengths.reduce((sum, length) => sum + length, 0) !== 1;
  return samples * spatial !== 1;
}

const WEIGHTS: readonly Parameter[] = ['weight', 'weight of each sample'];
const BIASES: readonly Parameter[] = ['bias', 'bias of each sample'];

function allowed({ norm, shape, options }: Call, parameters: readonly Parameter[]): Parameter[] {
  const names: Readonly<Record<Call['norm'], readonly Parameter[]>> = {
    instanceNorm: parameters,
    batchNorm: ['weight', 'bias', 'runningMean', 'runningVar'],
    groupNorm: [...WEIGHTS, ...BIASES],
    layerNorm: [...WEIGHTS, ...BIASES],
    rmsNorm: WEIGHTS,
  };
  const given = parameters.filter((name) => names[norm].includes(name));
  const required: Parameter[] = usesRunningStats({ norm, shape, options })
    ? ['runningMean', 'runningVar']
    : [];
  return [...new Set([...given, ...required])];
}

/** Makes the arrays of a call. */
export function arraysOf({ call, weight, bias, running, parameters, seed }: Drawn): Arrays {
  const { norm, shape, normalizedShape, options } = call;
  const isElementwise = norm === 'layerNorm' || norm === 'rmsNorm';
  const channels = isElementwise
    ? sizeOf(normalizedShape as readonly number[])
    : channelsOf(shape, options.layout);
  // Where the samples are normalized together they have no parameters of their own.
  const takesSamples = options.axes
    ? options.axes.some((axis) => axis === 0 || axis === -shape.length)
    : normalizedShape?.length === shape.length;
  const each = channels * (takesSamples ? 1 : (shape[0] as number));
  const has = (name: Parameter): boolean => parameters.includes(name);
  const square = Math.min(1e38, 10 ** (2 * running.exponent));
  return {
    ...(has('weight') ? { weight: numbersOf(weight, channels) } : {}),
    ...(has('weight of each sample') ? { weight: numbersOf(weight, each) } : {}),
    ...(has('bias') ? { bias: numbersOf(bias, channels) } : {}),
    ...(has('bias of each sample') ? { bias: numbersOf(bias, each) } : {}),
    ...(has('runningMean') ? { runningMean: numbersOf({ ...running, seed }, channels) } : {}),
    ...(has('runningVar')
      ? { runningVar: uniforms(channels, seed + 4, 0.5 * square, 2 * square) }
      : {}),
  };
}
