import { describe, expect, test } from 'vitest';
import { cubeRoot, fifthRoot } from '../../src/images/roots.ts';
import { uniformFrom } from '../support/random.ts';

describe('roots', () => {
  test('cubeRoot is within 2 units in the last place of Math.cbrt, itself within 1', () => {
    expect(cubeRoot(0)).toBe(0);
    expect(cubeRoot(1)).toBe(1);
    const uniform = uniformFrom(3);
    let worst = 0;
    for (let i = 0; i < 200_000; i++) {
      const x = uniform() * 2 ** Math.floor(uniform() * 250 - 125);
      if (x < 2 ** -126) continue;
      const root = Math.cbrt(x);
      const unit = 2 ** (Math.floor(Math.log2(root)) - 52);
      worst = Math.max(worst, Math.abs(cubeRoot(x) - root) / unit);
    }
    expect(worst).toBeLessThanOrEqual(3);
  });

  test('fifthRoot is the inverse of the fifth power', () => {
    for (let x = 0.01; x <= 1; x += 0.001) {
      const root = fifthRoot(x);
      expect(Math.abs(root ** 5 - x) / x).toBeLessThanOrEqual(5 * 2 ** -52);
    }
  });
});
