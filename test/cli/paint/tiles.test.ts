import { describe, expect, test } from 'vitest';
import { Generator } from '../../../examples/tiles/generator.ts';
import { largestStep, transfer, transferTiles } from '../../../examples/tiles/seams.ts';
import { normalFrom } from '../../support/random.ts';

const SIZE = 96;
const TILE = 32;

/** A picture that is darker on its right, with texture. */
function slope() {
  const random = normalFrom(11);
  const data = new Uint8ClampedArray(4 * SIZE * SIZE);
  for (let i = 0; i < data.length; i++) data[i] = 230 - 2 * ((i >> 2) % SIZE) + 15 * random();
  return { data, width: SIZE, height: SIZE };
}

describe("a generator of CycleGAN's shape", () => {
  const generator = new Generator(normalFrom(7));

  test('has steps at the cuts where each tile has statistics of its own, and none otherwise', () => {
    const whole = largestStep(transfer(generator, slope()), TILE);
    const tiles = largestStep(transferTiles(generator, slope(), TILE, 32), TILE);
    expect(tiles).toBeGreaterThan(2 * whole);
  });
});
