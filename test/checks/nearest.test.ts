import { describe, expect, test } from 'vitest';
import { nearest } from '../../src/checks/nearest.ts';

const NAMES = ['weight', 'bias', 'eps', 'runningMean', 'runningVar', 'out'];

describe('the nearest name', () => {
  test.each([
    ['wieght', 'weight'],
    ['EPS', 'eps'],
    ['esp', 'eps'],
    ['running_mean', 'runningMean'],
    ['runningVal', 'runningVar'],
    ['outt', 'out'],
    ['ut', 'out'],
    ['biases', 'bias'],
  ])('to %s is %s', (misspelt, name) => {
    expect(nearest(misspelt, NAMES)).toBe(name);
  });

  test.each(['axis', 'gamma', 'x', '', 'runningMeanAndVar'])('to %j is none', (name) => {
    expect(nearest(name, NAMES)).toBeUndefined();
  });

  test('is the one with the fewest letters off, not the first', () => {
    expect(nearest('abcd', ['abxy', 'abcx'])).toBe('abcx');
  });
});
