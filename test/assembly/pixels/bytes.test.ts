import { describe, test } from 'vitest';
import { expectSameBytes } from '../../support/closeness.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { PIXELS } from '../../support/kernels/pixels.ts';
import { normals } from '../../support/random.ts';

const LINES = [50, 128, -70.5, 3, 1e-3, 254.4995];

describe('toBytes', () => {
  test.each(PIXELS)('makes bytes of %i pixels, channels apart or side by side', (count) => {
    for (const [channelStep, pixelStep] of [
      [count, 1],
      [count + 5, 1],
      [1, 3],
      [1, 4],
    ] as const) {
      const size = 3 * channelStep + count * pixelStep;
      const memory = new KernelMemory(2 * size + count);
      const x = memory.floats(normals(size, count, 0, 2));
      x.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.01, 0.03]);
      const lines = memory.doubles(LINES);
      const y = memory.octets(new Uint8Array(4 * count));
      memory.runPixels(
        ({ toBytes }) =>
          toBytes(y.byteOffset, x.byteOffset, lines.byteOffset, count, channelStep, pixelStep),
        y,
      );
      const expected = Uint8ClampedArray.from({ length: 4 * count }, (_, i) => {
        const channel = i % 4;
        if (channel === 3) return 255;
        const value = x[channel * channelStep + (i >> 2) * pixelStep] as number;
        return value * (LINES[2 * channel] as number) + (LINES[2 * channel + 1] as number);
      });
      expectSameBytes(y, expected);
    }
  });
});
