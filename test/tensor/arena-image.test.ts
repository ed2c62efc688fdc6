import { expect, test } from 'vitest';
import { Arena } from '../../src/index.ts';
import { type RefusedCall, testRefusedCalls } from '../support/refusals.ts';

test('an arena makes transparent pictures beside its tensors', () => {
  const arena = new Arena(1024);
  arena.tensor([256]).data.fill(7);
  arena.reset();
  const x = arena.tensor([3]);
  const image = arena.image(5, 3);
  expect([image.width, image.height]).toEqual([5, 3]);
  expect(image.data).toBeInstanceOf(Uint8ClampedArray);
  expect(image.data).toEqual(new Uint8ClampedArray(60));
  expect(image.data.buffer).toBe(x.data.buffer);
  expect(image.data.byteOffset).toBe(x.data.byteOffset + 64);
  expect(arena.used).toBe(128);
  const last = arena.image(14, 16);
  expect(last.data.length).toBe(896);
  expect(arena.used).toBe(1024);
});

const arena = new Arena(128);
const refused: RefusedCall[] = [
  ['no width', () => arena.image(undefined as never, 1), TypeError, 'width', 'undefined'],
  ['a width of 0', () => arena.image(0, 1), RangeError, 'width', '0'],
  ['half a height', () => arena.image(1, 0.5), RangeError, 'height', '0.5'],
];
testRefusedCalls(refused);

test('an arena refuses a picture that needs more than is left', () => {
  expect(() => arena.image(11, 3)).toThrow(
    new RangeError('arena: a picture of 11 x 3 pixels needs 132 bytes, but 128 of 128 are left'),
  );
  expect(arena.used).toBe(0);
});
