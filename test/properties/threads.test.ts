// A result is the same bits whatever pieces threads cut its work into, in whatever order these are
// done, and by whom.

import fc from 'fast-check';
import { expect } from 'vitest';
import { imageMoments, imageToTensor, restyle, tissueMask } from '../../src/index.ts';
import type { Arena } from '../../src/tensor/arena.ts';
import {
  expectSameArrays,
  expectSameBits,
  expectSameBytes,
  expectSameGradients,
} from '../support/closeness.ts';
import { backward, forward } from '../support/norms.ts';
import { randomPicture } from '../support/pictures.ts';
import { uniformFrom } from '../support/random.ts';
import { sizeOf } from '../support/shapes.ts';
import { shuffledArena } from '../support/shuffled-arena.ts';
import { arraysOf, drawn } from './calls.ts';
import { numbersOf } from './data.ts';
import { holds } from './holds.ts';

const SPACE = 8 << 20;

const arenas = new Map<number, Arena>();

function arenaOf(threads: number): Arena {
  const arena = arenas.get(threads) ?? shuffledArena(SPACE, threads, threads);
  arenas.set(threads, arena);
  arena.reset();
  return arena;
}

const threadCounts = fc.constantFrom(2, 3, 7);

holds(
  'a call is the same bits in pieces of any order',
  200,
  fc.tuple(drawn(), threadCounts, fc.boolean()),
  ([random, threads, inPlace]) => {
    const { call } = random;
    const { shape } = call;
    const x = { data: numbersOf(random.x, sizeOf(shape)), shape };
    const g = { data: numbersOf(random.gradOutput, sizeOf(shape)), shape };
    const plain = arraysOf(random);
    const expected = forward(call, x, plain).data;
    const gradients = backward(call, g, x, plain);

    const arena = arenaOf(threads);
    const [dealtX, dealtG] = [arena.tensor(x), arena.tensor(g)];
    const arrays = arraysOf(random);
    const y = forward(call, dealtX, arrays, arena.tensor(shape));
    expectSameBits(y.data, expected);
    expectSameArrays(arrays, plain);
    const out = inPlace ? dealtG : y;
    expectSameGradients(backward(call, dealtG, dealtX, arrays, out), gradients);
    if (!inPlace) return;
    expectSameBits(forward(call, dealtX, arraysOf(random), dealtX).data, expected);
  },
);

holds(
  'a picture is the same bytes in pieces of any order',
  20,
  fc.record({
    width: fc.integer({ min: 1, max: 300 }),
    height: fc.integer({ min: 1, max: 200 }),
    space: fc.constantFrom('rgb' as const, 'oklab' as const, 'lab' as const),
    threads: threadCounts,
    seed: fc.nat({ max: 2 ** 20 }),
    isMasked: fc.boolean(),
  }),
  ({ width, height, space, threads, seed, isMasked }) => {
    const random = uniformFrom(seed);
    const mask = isMasked ? Uint8Array.from({ length: width * height }, () => 3 * random()) : null;
    const picture = randomPicture(width, height, seed);
    const style = imageMoments(randomPicture(9, 9, seed + 1), { space });
    const arena = arenaOf(threads);
    const dealt = arena.image(width, height);
    dealt.data.set(picture.data);
    const [moments, expected] = [dealt, picture].map((image) =>
      imageMoments(image, { space, mask }),
    );
    expect(moments?.toJSON()).toEqual(expected?.toJSON());
    const tensor = imageToTensor(picture);
    expectSameBits(imageToTensor(dealt, { out: arena.tensor(tensor.shape) }).data, tensor.data);
    expectSameBytes(tissueMask(dealt), tissueMask(picture));
    const bytes = restyle(picture, style, { contentMask: mask }).data;
    const out = arena.image(width, height);
    expectSameBytes(restyle(dealt, style, { contentMask: mask, out }).data, bytes);
    expectSameBytes(restyle(dealt, style, { contentMask: mask, out: dealt }).data, bytes);
  },
);
