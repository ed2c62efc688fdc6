// Pictures in a shared arena become the bytes, tensors and moments that they become elsewhere.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ImageLike,
  imageMoments,
  imageToTensor,
  restyle,
  SharedArena,
  tensorToImage,
  tissueMask,
} from '../../src/index.ts';
import { expectSameBits, expectSameBytes } from '../support/closeness.ts';
import { randomPicture } from '../support/pictures.ts';

// More than what passes through the scratch of two threads at once, 262144 pixels, and a rest that
// kernels do not take at once.
const [WIDTH, HEIGHT] = [711, 403];

describe.each([2, 3])('%i threads', (threads) => {
  const picture = randomPicture(WIDTH, HEIGHT, 1);
  const style = randomPicture(100, 300, 2);
  let arena: SharedArena;
  let shared: ImageLike;

  beforeAll(async () => {
    arena = new SharedArena(16 << 20, { threads });
    await arena.ready;
    expect(arena.threads).toBe(threads);
    const image = arena.image(WIDTH, HEIGHT);
    image.data.set(picture.data);
    shared = image;
  });

  afterAll(() => arena.close());

  test.each(['nchw', 'nhwc'] as const)('to a tensor and back, in %s', (layout) => {
    const options = { layout, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
    const expected = imageToTensor(picture, options);
    const out = arena.tensor(expected.shape);
    expectSameBits(imageToTensor(shared, { ...options, out }).data, expected.data);
    const back = tensorToImage(out, { ...options, out: arena.image(WIDTH, HEIGHT) });
    expectSameBytes(back.data, tensorToImage(expected, options).data);
  });

  test.each(['rgb', 'oklab', 'lab'] as const)('their moments, and restyled, in %s', (space) => {
    expect(imageMoments(shared, { space }).toJSON()).toEqual(
      imageMoments(picture, { space }).toJSON(),
    );
    const expected = restyle(picture, style, { space });
    const out = arena.image(WIDTH, HEIGHT);
    expectSameBytes(restyle(shared, style, { space, out }).data, expected.data);
    const mask = new Uint8Array(WIDTH * HEIGHT).map((_, i) => i % 3);
    const options = { space, contentMask: mask };
    const chosen = restyle(picture, style, options);
    expectSameBytes(restyle(shared, style, { ...options, out }).data, chosen.data);
    expect(imageMoments(shared, { space, mask }).toJSON()).toEqual(
      imageMoments(picture, { space, mask }).toJSON(),
    );
    expectSameBytes(
      restyle(out, style, { space, out }).data,
      restyle(chosen, style, { space }).data,
    );
  });

  test('the tissue in them', () => {
    expectSameBytes(tissueMask(shared), tissueMask(picture));
  });
});
