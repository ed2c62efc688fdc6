import { describe, test } from 'vitest';
import type { GradientKernels } from '../../../src/kernels/gradients.ts';
import { expectSameBits } from '../../support/closeness.ts';
import {
  COMBINATIONS,
  type Combination,
  expectCombined,
} from '../../support/kernels/combinations.ts';
import { type Line, NORMALIZING_LINES } from '../../support/kernels/lines.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { SHORT_LENGTHS } from '../../support/kernels/sizes.ts';
import { normals } from '../../support/random.ts';

describe('combineRows', () => {
  test.each([
    [1, false],
    [3, false],
    [5, false],
    [5, true],
  ])(
    'combines %i rows of any length, out of place and in place of either, weighted: %s',
    (rows, weighted) => {
      for (const length of SHORT_LENGTHS) {
        const memory = new KernelMemory(4 * rows * length);
        const g = memory.floats(normals(rows * length, length));
        const x = memory.floats(normals(rows * length, length + 1));
        const weight = memory.floats(normals(length, length + 2));
        const dx = memory.floats(new Float32Array(rows * length));
        const lines = memory.doubles(NORMALIZING_LINES.flat());
        const at = memory.doubles(COMBINATIONS.flat());
        const combine = (target: Float32Array, from: Float32Array) => (kernels: GradientKernels) =>
          kernels.combineRows(
            target.byteOffset,
            from.byteOffset,
            x.byteOffset,
            lines.byteOffset,
            at.byteOffset,
            weighted ? weight.byteOffset : 0,
            rows,
            length,
            3,
            0,
          );
        memory.run(combine(dx, g), dx);
        expectCombined(
          dx,
          g.map((value, i) => value * (weighted ? (weight[i % length] as number) : 1)),
          x,
          (i) => NORMALIZING_LINES[Math.floor(i / length) % 3] as Line,
          (i) => COMBINATIONS[Math.floor(i / length) % 3] as Combination,
        );
        const gradient = g.slice();
        memory.run(combine(g, g), g);
        expectSameBits(g, dx);
        g.set(gradient);
        memory.run(combine(x, g), x);
        expectSameBits(x, dx);
      }
    },
  );

  test.each([
    [16, false],
    [8, true],
  ])('gives a row the bits of its blocks of %i elements, weighted: %s', (block, weighted) => {
    const length = 4 * block;
    const memory = new KernelMemory(4 * length);
    const g = memory.floats(normals(length, 1));
    const x = memory.floats(normals(length, 2));
    const weight = memory.floats(normals(length, 3));
    const dx = memory.floats(new Float32Array(length));
    const line = memory.doubles([1 / 3, 2 / 3, 0]);
    const combination = memory.doubles([1.7, 1 / 7, -1 / 9]);
    const combineFrom = (at: number, count: number) => (kernels: GradientKernels) =>
      kernels.combineRows(
        dx.byteOffset + at * 4,
        g.byteOffset + at * 4,
        x.byteOffset + at * 4,
        line.byteOffset,
        combination.byteOffset,
        weighted ? weight.byteOffset + at * 4 : 0,
        1,
        count,
        1,
        0,
      );
    memory.run(combineFrom(0, length), dx);
    const whole = dx.slice();
    for (let at = 0; at < length; at += block) memory.run(combineFrom(at, block), dx);
    expectSameBits(dx, whole);
  });
});
