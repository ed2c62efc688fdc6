import { describe, expect, test } from 'vitest';
import type { GradientKernels } from '../../../src/kernels/gradients.ts';
import type { Kernels } from '../../../src/kernels/kernels.ts';
import { NORMALIZING_LINES } from '../../support/kernels/lines.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { MOMENTS } from '../../support/kernels/moments.ts';
import { normals } from '../../support/random.ts';

describe('rows with a gap after each period', () => {
  // 3 samples of 5 channels, of which the second and third are taken.
  const [SAMPLES, CHANNELS, PERIOD, LENGTH] = [3, 5, 2, 43];
  const GAP = (CHANNELS - PERIOD) * LENGTH;
  const SIZE = SAMPLES * CHANNELS * LENGTH;
  const START = 4 * LENGTH;

  type Run = (
    kernels: Kernels & GradientKernels,
    at: Addresses,
    offset: number,
    rows: number,
    gap: number,
  ) => void;
  interface Addresses {
    readonly numbers: number;
    readonly others: number;
    readonly x: number;
    readonly g: number;
    readonly lines: number;
    readonly out: number;
  }

  const runs: readonly [string, Run][] = [
    [
      'addMoments',
      (kernels, { numbers, x }, offset, rows, gap) =>
        kernels.addMoments(numbers, x + offset, rows, LENGTH, PERIOD, gap),
    ],
    [
      'addMomentsF64',
      (kernels, { numbers, x }, offset, rows, gap) =>
        kernels.addMomentsF64(numbers, x + offset, rows, LENGTH, PERIOD, gap),
    ],
    [
      'applyRows',
      (kernels, { out, x, lines }, offset, rows, gap) =>
        kernels.applyRows(out + offset, x + offset, lines, rows, LENGTH, PERIOD, gap),
    ],
    [
      'addGradientSums',
      (kernels, { numbers, others, x, g, lines }, offset, rows, gap) =>
        kernels.addGradientSums(
          numbers,
          others,
          g + offset,
          x + offset,
          lines,
          rows,
          LENGTH,
          PERIOD,
          gap,
        ),
    ],
    [
      'combineRows',
      // Lines serve as combinations too: both are three numbers.
      (kernels, { out, x, g, lines }, offset, rows, gap) =>
        kernels.combineRows(
          out + offset,
          g + offset,
          x + offset,
          lines,
          lines,
          0,
          rows,
          LENGTH,
          PERIOD,
          gap,
        ),
    ],
  ];

  test.each(runs)('%s takes them as if each sample came by itself', (_, run) => {
    const results = [true, false].map((together) => {
      const memory = new KernelMemory(3 * SIZE);
      const numbers = memory.doubles(new Float64Array(PERIOD * MOMENTS));
      const others = memory.doubles(new Float64Array(PERIOD));
      const x = memory.floats(normals(SIZE, 1, 2));
      const g = memory.floats(normals(SIZE, 2));
      const lines = memory.doubles(NORMALIZING_LINES.slice(0, PERIOD).flat());
      const out = memory.floats(new Float32Array(SIZE));
      const at = Object.fromEntries(
        Object.entries({ numbers, others, x, g, lines, out }).map(([name, { byteOffset }]) => [
          name,
          byteOffset,
        ]),
      ) as unknown as Addresses;
      memory.run(
        (kernels) => {
          if (together) {
            run(kernels, at, START, SAMPLES * PERIOD, GAP);
          } else {
            for (let sample = 0; sample < SAMPLES; sample++) {
              run(kernels, at, START + 4 * sample * CHANNELS * LENGTH, PERIOD, 0);
            }
          }
        },
        numbers,
        others,
        out,
      );
      return [...numbers, ...others, ...out];
    });
    expect(results[0]).toEqual(results[1]);
    expect(results[0]?.some((value) => value !== 0)).toBe(true);
  });
});
