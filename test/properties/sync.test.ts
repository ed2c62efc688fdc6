// Batch normalization of parts, by the moments and sums of all, is that of the whole batch.

import fc from 'fast-check';
import { Tensor } from '../../src/index.ts';
import type { Call } from '../support/norms.ts';
import { differentiateParts, normalizeParts, partsOf, wholeOf } from '../support/parts.ts';
import { sizeOf } from '../support/shapes.ts';
import { arraysOf, channelsOf, type Drawn, drawn } from './calls.ts';
import { expectContract, expectGradientContract, expectRunningStats } from './contract.ts';
import { numbersOf } from './data.ts';
import { holds } from './holds.ts';

interface Parts {
  readonly random: Drawn;
  readonly samples: readonly number[];
}

/** Calls in training, and how many samples each of up to four workers has. */
const inParts: fc.Arbitrary<Parts> = fc
  .tuple(drawn(undefined, ['batchNorm']), fc.array(fc.nat({ max: 2 ** 16 }), { maxLength: 3 }))
  .map(([random, cuts]) => {
    const { correction: _, epsMode: __, ...options } = random.call.options;
    const call: Call = { ...random.call, options: { ...options, training: true } };
    const count = call.shape[0] as number;
    const ends = [...cuts.map((cut) => cut % (count + 1)), count].sort((a, b) => a - b);
    const samples = ends.map((end, i) => end - (ends[i - 1] ?? 0));
    return { random: { ...random, call }, samples };
  })
  .filter(({ random: { call } }) => {
    const { shape, options } = call;
    const lengths = options.lengths?.reduce((sum, length) => sum + length, 0);
    const count = sizeOf(shape) / channelsOf(shape, options.layout);
    return channelsOf(shape, options.layout) > 0 && (lengths ?? count) > 1;
  });

/** How the parts of a batch lie. */
function placesOf({ random, samples }: Parts) {
  const { shape, options } = random.call;
  const { layout = 'nchw', lengths } = options;
  let first = 0;
  const ofParts = samples.map((count) => {
    const own = lengths?.slice(first, first + count) ?? [];
    first += count;
    return own;
  });
  return { channels: channelsOf(shape, layout), layout, lengths: lengths && ofParts };
}

holds('parts of a batch are within 2^-22 of the reference of the whole', 30, inParts, (drawn) => {
  const { call } = drawn.random;
  const x = numbersOf(drawn.random.x, sizeOf(call.shape));
  const parts = partsOf(x, call.shape, drawn.samples);
  const arrays = parts.map(() => arraysOf(drawn.random));
  const { training: _, ...options } = call.options;
  const y = normalizeParts(parts, placesOf(drawn), (i) => ({ ...options, ...arrays[i] }));
  const before = arraysOf(drawn.random);
  expectContract(wholeOf(y), call, x, before);
  for (const after of arrays) expectRunningStats(after, call, x, before);
});

holds('gradients of parts are within 1e-5 of the reference likewise', 20, inParts, (drawn) => {
  const { call } = drawn.random;
  const x = numbersOf(drawn.random.x, sizeOf(call.shape));
  const g = numbersOf(drawn.random.gradOutput, x.length);
  const parts = partsOf(x, call.shape, drawn.samples);
  const slopes = partsOf(g, call.shape, drawn.samples);
  const { training: _, ...options } = call.options;
  const arrays = arraysOf(drawn.random);
  const found = differentiateParts(slopes, parts, placesOf(drawn), { ...options, ...arrays });
  const input = new Tensor(wholeOf(found.map(({ input }) => input)), call.shape);
  const [{ weight, bias } = { weight: null, bias: null }] = found;
  expectGradientContract({ input, weight, bias }, call, g, x, arrays);
});
