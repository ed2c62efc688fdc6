import { describe, expect, test } from 'vitest';
import { colours } from '../../../cli/paint/convolutions/colours.ts';
import type { Convolution } from '../../../cli/paint/convolutions/convolution.ts';
import { dense } from '../../../cli/paint/convolutions/dense.ts';
import { separable } from '../../../cli/paint/convolutions/separable.ts';
import { upsampled } from '../../../cli/paint/convolutions/upsampled.ts';
import { Convolved } from '../../../cli/paint/walk/convolved.ts';
import { readFixture, toTensor, type Values } from '../../support/fixtures.ts';
import { largestDifference, layerOf, planesOf } from '../../support/layers.ts';

interface Case {
  readonly kind: keyof typeof MAKERS;
  readonly x: Values;
  readonly weights: readonly [Values, Values];
  readonly y: Values;
}

const MAKERS = {
  dense: ([weight]: Case['weights']): Convolution => dense(toTensor(weight), 1),
  strided: ([weight]: Case['weights']): Convolution => dense(toTensor(weight), 2),
  separable: ([depthwise, pointwise]: Case['weights']): Convolution =>
    separable(toTensor(depthwise), toTensor(pointwise)),
  upsampled: ([weight]: Case['weights']): Convolution => upsampled(toTensor(weight)),
  colours: ([weight, bias]: Case['weights']): Convolution =>
    colours(toTensor(weight), Float32Array.from(bias.data)),
};

// 243 products of numbers near 1 are added in float32.
const TOLERANCE = 1e-5;

const cases = readFixture<readonly Case[]>('torch-convolutions').map(
  (found) => [`${found.kind} of ${found.x.shape.slice(1).join('x')}`, found] as const,
);

describe('convolutions give what PyTorch gives', () => {
  test.each(cases)('%s', (_, { kind, x, weights, y }) => {
    const layer = new Convolved(layerOf(x), MAKERS[kind](weights));
    const [, channels = 0, height = 0, width = 0] = y.shape;
    expect([layer.channels, layer.height, layer.width]).toEqual([channels, height, width]);
    const rows = planesOf(layer.read(0, height), channels);
    expect(largestDifference(rows, y.data)).toBeLessThan(TOLERANCE);
  });

  test.each(cases)('%s, row by row, the same bits', (_, { kind, x, weights }) => {
    const convolution = MAKERS[kind](weights);
    const whole = new Convolved(layerOf(x), convolution);
    const parts = new Convolved(layerOf(x), convolution);
    const rows = whole.read(0, whole.height).slice();
    const rowSize = whole.width * whole.channels;
    for (let row = 0; row < whole.height; row++) {
      const expected = rows.subarray(row * rowSize, (row + 1) * rowSize);
      expect(parts.read(row, row + 1)).toEqual(expected);
    }
  });
});
