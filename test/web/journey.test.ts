import { describe, expect, it } from 'vitest';
import { CHANNELS } from '../../examples/web/page/restyle/channels.ts';
import { moveBins, shareBeyond, stepAt, stepsOf } from '../../examples/web/page/story/journey.ts';

const [RED] = CHANNELS.rgb as [(typeof CHANNELS)['rgb'][number]];
const CONTENT = { mean: 0.2, std: 0.1 };
const STYLE = { mean: 0.6, std: 0.2 };

describe('the way of a channel', () => {
  it('goes from its bytes over mean 0 and deviation 1 to those of the colour source', () => {
    const steps = stepsOf(RED, CONTENT, STYLE, 1, null);
    const spreads = [0, 1, 2].map((at) => stepAt(steps, at).spread);
    expect(spreads).toEqual([
      { mean: 51, std: 25.5 },
      { mean: 0, std: 1 },
      { mean: expect.closeTo(153, 9), std: expect.closeTo(51, 9) },
    ]);
    // A value one deviation above the mean stays so.
    const places = [0, 1, 2].map((at) => {
      const { slope, shift } = stepAt(steps, at).line;
      return 0.3 * slope + shift;
    });
    expect(places).toEqual([0.3, 0.5 + 1 / 6, 0.8].map((place) => expect.closeTo(place, 9)));
  });

  it('ends between photograph and colour source as the strength says', () => {
    const { spread } = stepAt(stepsOf(RED, CONTENT, STYLE, 0.5, null), 2);
    expect(spread.mean).toBeCloseTo(255 * 0.4, 9);
    expect(spread.std).toBeCloseTo(255 * 0.15, 9);
  });

  it('takes a channel of one value to the mean', () => {
    const { spread } = stepAt(stepsOf(RED, { mean: 0.5, std: 0 }, STYLE, 1, null), 2);
    expect(spread.mean).toBeCloseTo(255 * 0.6, 6);
    expect(spread.std).toBe(0);
  });
});

describe('moveBins', () => {
  const bins = new Float32Array(256);
  bins[100] = 0.25;
  bins[101] = 0.75;

  it('spreads each bin over those that it falls on, and loses nothing', () => {
    const moved = moveBins(bins, { slope: 2, shift: -0.5 }, 128, 1);
    expect(moved.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
    // From 100 / 256 to 2 * 100 / 256 - 1 / 2, of 128 bars.
    expect([...moved].findIndex((share) => share > 0)).toBe(36);
    expect(moved[36]).toBeCloseTo(0.25, 6);
    expect(moved[37]).toBeCloseTo(0.75, 6);
  });

  it('piles up at an end what falls beyond it, or leaves it out', () => {
    const beyond = { slope: 1, shift: 1 };
    expect(moveBins(bins, beyond, 128, 1)[127]).toBeCloseTo(1, 6);
    expect(moveBins(bins, beyond, 128, 0)[127]).toBe(0);
    expect(shareBeyond(bins, beyond)).toBe(1);
    expect(shareBeyond(bins, { slope: 1, shift: 0.608 })).toBe(0.75);
  });
});
