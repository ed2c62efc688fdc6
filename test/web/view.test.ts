import { describe, expect, it } from 'vitest';
import {
  fit,
  pan,
  placeRegion,
  visibleRegion,
  WHOLE,
  zoom,
} from '../../examples/web/page/stage/view.ts';

const PICTURE = { width: 4000, height: 3000 };
const STAGE = { width: 800, height: 500 };

describe('fit', () => {
  it('shows all of a picture in the middle of the stage, small ones enlarged', () => {
    for (const picture of [PICTURE, { width: 40, height: 90 }]) {
      const { x, y, width, height } = placeRegion(WHOLE, fit(picture, STAGE), picture, STAGE);
      expect(width / height).toBeCloseTo(picture.width / picture.height, 9);
      expect(Math.min(x, y)).toBeCloseTo(0, 9);
      expect([2 * x + width, 2 * y + height]).toEqual(
        [800, 500].map((side) => expect.closeTo(side, 9)),
      );
    }
  });
});

describe('zoom', () => {
  it('leaves what lies at its point where it is', () => {
    const at = { x: 300, y: 220 };
    const from = zoom(fit(PICTURE, STAGE), 1, { x: 400, y: 250 }, PICTURE, STAGE, 1);
    const to = zoom(from, 2, at, PICTURE, STAGE, 1);
    const pixelAt = ({ scale, centre }: typeof to) => [
      centre.x + (at.x - 400) / scale,
      centre.y + (at.y - 250) / scale,
    ];
    expect(pixelAt(to)).toEqual(pixelAt(from).map((place) => expect.closeTo(place, 9)));
  });

  it('ends at the whole picture, and where single pixels can be told apart', () => {
    const view = fit(PICTURE, STAGE);
    const at = { x: 0, y: 0 };
    expect(zoom(view, 1e-6, at, PICTURE, STAGE, 1)).toEqual(view);
    expect(zoom(view, 1e6, at, PICTURE, STAGE, 1).scale).toBe(8);
    // A picture smaller than the stage has its 100 % below the fitting scale.
    const small = { width: 40, height: 25 };
    expect(zoom(fit(small, STAGE), 1e-6, at, small, STAGE, 1).scale).toBe(1);
  });
});

describe('pan', () => {
  it('ends where the picture does', () => {
    const view = zoom(fit(PICTURE, STAGE), 1, { x: 0, y: 0 }, PICTURE, STAGE, 1);
    const far = pan(view, { x: -1e5, y: 1e5 }, PICTURE, STAGE);
    const { x, y, width } = placeRegion(WHOLE, far, PICTURE, STAGE);
    expect([x + width, y]).toEqual([800, 0].map((side) => expect.closeTo(side, 9)));
  });
});

describe('visibleRegion', () => {
  it('is what the stage shows and a margin, in whole pixels, within the picture', () => {
    const view = zoom(fit(PICTURE, STAGE), 1.3, { x: 0, y: 250 }, PICTURE, STAGE, 1);
    const { x, y, width, height } = visibleRegion(view, PICTURE, STAGE, 0.25);
    expect(x).toBe(0);
    for (const side of [x * 4000, width * 4000, y * 3000, height * 3000]) {
      expect(side).toBeCloseTo(Math.round(side), 6);
    }
    expect(width * 4000).toBe(Math.ceil((800 / 1.3) * 1.25));
    expect(height * 3000).toBeCloseTo((500 / 1.3) * 1.5, -1);
  });
});
