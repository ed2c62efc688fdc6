import { describe, expect, test } from 'vitest';
import {
  COLOUR_SPACES,
  channelCoefficients,
  mixturesIn,
  recolourCoefficients,
} from '../../../src/images/spaces.ts';
import { sharedSrgb } from '../../../src/images/srgb.ts';
import { expectSameBytes } from '../../support/closeness.ts';
import { referenceSpaces } from '../../support/colour.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { PIXELS, pixelsOf } from '../../support/kernels/pixels.ts';

type Triple = [number, number, number];

describe.each(['oklab', 'lab'] as const)('in %s', (name) => {
  const space = COLOUR_SPACES[name];
  const unit = name === 'lab' ? 100 : 1;

  /** A kernel's memory with pixels and the tables of a space. */
  function prepare(bytes: ArrayLike<number>, coefficients: Float32Array) {
    const memory = new KernelMemory(2 * bytes.length + 8192);
    return {
      memory,
      x: memory.octets(bytes),
      tables: memory.floats(mixturesIn(space)),
      coefficients: memory.floats(coefficients),
    };
  }

  test.each(PIXELS)(
    'findSpaceMoments sums the differences of %i pixels from the first',
    (count) => {
      const bytes = pixelsOf(count);
      // The first pixel that counts is at each place of a group.
      for (const hidden of [0, 1, 2, 3, 5]) {
        for (let pixel = 0; pixel <= hidden; pixel++) bytes[4 * pixel + 3] = pixel < hidden ? 0 : 9;
        const { memory, x, tables, coefficients } = prepare(bytes, channelCoefficients(space));
        const scratch = memory.floats(new Float32Array(48).fill(Number.NaN));
        const moments = memory.doubles(new Float64Array(10).fill(Number.NaN));
        memory.runPixels(
          ({ findSpaceMoments }) =>
            findSpaceMoments(
              moments.byteOffset,
              x.byteOffset,
              tables.byteOffset,
              coefficients.byteOffset,
              count,
              scratch.byteOffset,
            ),
          moments,
          scratch,
        );
        const colours: Triple[] = [];
        for (let at = 0; at < bytes.length; at += 4) {
          if (bytes[at + 3] === 0) continue;
          colours.push(referenceSpaces[name].of([...bytes.slice(at, at + 3)] as Triple) as Triple);
        }
        expect(moments[0]).toBe(colours.length);
        [0, 1, 2].forEach((axis) => {
          const first = (colours[0] as Triple)[axis] as number;
          const differences = colours.map((colour) => (colour[axis] as number) - first);
          const sum = differences.reduce((a, b) => a + b, 0);
          const squares = differences.reduce((a, b) => a + b * b, 0);
          const [base, found, square] = moments.slice(
            1 + 3 * axis,
            4 + 3 * axis,
          ) as never as Triple;
          const allowed = 3e-6 * unit;
          expect(Math.abs(base - first)).toBeLessThan(allowed);
          expect(Math.abs(found - sum)).toBeLessThan(allowed * colours.length);
          expect(Math.abs(square - squares)).toBeLessThan(allowed * unit * colours.length);
        });
      }
    },
  );

  test('findSpaceMoments counts none where all pixels are hidden', () => {
    const { memory, x, tables, coefficients } = prepare(
      new Uint8Array(64),
      channelCoefficients(space),
    );
    const scratch = memory.floats(new Float32Array(48));
    const moments = memory.doubles(new Float64Array(10).fill(7));
    memory.runPixels(
      ({ findSpaceMoments }) =>
        findSpaceMoments(
          moments.byteOffset,
          x.byteOffset,
          tables.byteOffset,
          coefficients.byteOffset,
          16,
          scratch.byteOffset,
        ),
      moments,
      scratch,
    );
    expect(moments[0]).toBe(0);
  });

  test.each(PIXELS)('recolourInSpace moves %i pixels along lines, also in place', (count) => {
    const bytes = pixelsOf(count);
    const lines = [
      { scale: 0.8, shift: 0.1 * unit },
      { scale: 1.3, shift: -0.02 * unit },
      { scale: -0.5, shift: 0.01 * unit },
    ];
    const { memory, x, tables, coefficients } = prepare(bytes, recolourCoefficients(space, lines));
    const codes = memory.octets(new Uint8Array(sharedSrgb().codes.buffer));
    const y = memory.octets(new Uint8Array(4 * count));
    const run = (to: Uint8Array) =>
      memory.runPixels(
        ({ recolourInSpace }) =>
          recolourInSpace(
            to.byteOffset,
            x.byteOffset,
            tables.byteOffset,
            codes.byteOffset,
            coefficients.byteOffset,
            count,
          ),
        to,
      );
    run(y);
    for (let at = 0; at < bytes.length; at += 4) {
      const before = [...bytes.slice(at, at + 4)];
      const after = [...y.slice(at, at + 4)];
      expect(after[3]).toBe(before[3]);
      if (before[3] === 0) {
        expect(after).toEqual(before);
        continue;
      }
      const { of, back } = referenceSpaces[name];
      const channels = of(before.slice(0, 3) as Triple).map(
        (value, axis) => value * (lines[axis]?.scale ?? 0) + (lines[axis]?.shift ?? 0),
      );
      const wanted = back(channels as Triple);
      [0, 1, 2].forEach((channel) => {
        const error = Math.abs((after[channel] as number) - (wanted[channel] as number));
        expect(error).toBeLessThanOrEqual(0.51);
      });
    }
    const expected = y.slice();
    run(x);
    expectSameBytes(x, expected);
  });
});
