import { describe, expect, test } from 'vitest';
import { COLOUR_SPACES, mixturesIn } from '../../src/images/spaces.ts';
import { sharedSrgb } from '../../src/images/srgb.ts';
import { imageMoments, restyle } from '../../src/index.ts';
import { referenceSpaces } from '../support/colour.ts';
import { row } from '../support/pictures.ts';
import { uniformFrom } from '../support/random.ts';

const NAMES = ['oklab', 'lab'] as const;

/** The magnitudes of a space's channels. */
const UNITS = { oklab: [1, 0.3, 0.3], lab: [100, 100, 100] };

describe.each(NAMES)('%s', (space) => {
  test('has the coordinates that its author gives', () => {
    const uniform = uniformFrom(1);
    const colours = [0, 255].flatMap((red) =>
      [0, 255].flatMap((green) => [0, 255].map((blue) => [red, green, blue])),
    );
    for (let i = 0; i < 1000; i++) {
      colours.push([0, 1, 2].map(() => Math.floor(256 * uniform() ** (1 + (i % 4)))));
    }
    for (const colour of colours) {
      const found = imageMoments(row([colour]), { space }).mean;
      const wanted = referenceSpaces[space].of(colour as never);
      wanted.forEach((value, axis) => {
        const unit = UNITS[space][axis] as number;
        // Some ten roundings of float32, in numbers up to 1 whose differences colours are.
        const allowed = 10 * 2 ** -23 * (axis === 0 ? unit : 5 * unit);
        expect(Math.abs((found[axis] as number) - value), `${colour}`).toBeLessThan(allowed);
      });
    }
  });

  test('gives greys exactly no colour, and lightness that rises', () => {
    let last = -1;
    for (let byte = 0; byte < 256; byte++) {
      const [lightness, a, b] = imageMoments(row([[byte, byte, byte]]), { space }).mean;
      expect([a, b]).toEqual([0, 0]);
      expect(lightness).toBeGreaterThan(last);
      last = lightness as number;
    }
    expect(last).toBeCloseTo(UNITS[space][0] as number, 5);
  });

  test('has mixtures of greys that are the light itself, to the last bit', () => {
    const tables = mixturesIn(COLOUR_SPACES[space]);
    sharedSrgb().light.forEach((light, byte) => {
      for (let mixture = 0; mixture < 3; mixture++) {
        const [red, green, blue] = [0, 1, 2].map(
          (channel) => tables[1024 * channel + 4 * byte + mixture] as number,
        ) as [number, number, number];
        expect(Math.fround(Math.fround(red + green) + blue)).toBe(light);
      }
    });
  });

  test('restores a million colours, with the corners and edges of the cube among them', () => {
    const uniform = uniformFrom(1);
    const data = new Uint8ClampedArray(4 * 2 ** 20).map((_, i) => {
      if (i % 4 === 3) return 255;
      return Math.min(255, Math.max(0, Math.floor(uniform() * 320) - 32));
    });
    const colours = { data, width: 1024, height: 1024 };
    const moments = imageMoments(colours, { space });
    const back = restyle(colours, moments);
    expect(Buffer.from(back.data).equals(Buffer.from(data))).toBe(true);
  });
});
