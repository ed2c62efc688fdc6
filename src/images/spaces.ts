// The spaces of lightness and colour: what the kernels need to make them of light, and back.
//
// Oklab: Björn Ottosson, "A perceptual color space for image processing" (2020), with the
// matrices of its revision of 2021-01-25. CIELAB: ISO/CIE 11664-4 with the matrix and limits of
// scikit-image's rgb2lab, and light of D65 as the white of sRGB.

import { sharedSrgb } from './srgb.ts';

/** The spaces in which pictures have moments. */
export type Space = 'rgb' | 'oklab' | 'lab';

/** The names of the spaces. */
export const SPACES: readonly Space[] = ['rgb', 'oklab', 'lab'];

/** A space of lightness and two channels of colour. Differences are exactly 0 for greys. */
export interface ColourSpace {
  /** The shares of red and blue in the mixtures u, v, w; the rest is green. */
  readonly mixtures: readonly (readonly [red: number, blue: number])[];
  /** A root is a cube root above the first number; else x * second + third. */
  readonly root: readonly [least: number, slope: number, shift: number];
  /** Each channel: scale of v, multiples of u - v and w - v, shift. */
  readonly channels: readonly ChannelLine[];
  /** Scale of lightness, multiples of both channels of colour, shift: roots of u, v, w. */
  readonly roots: readonly ChannelLine[];
  /** A power is a cube above the first number; else (x - second) * third. */
  readonly power: readonly [least: number, shift: number, slope: number];
  /** Multiples of u - v and w - v that are added to v: red, green, blue. */
  readonly lights: readonly number[];
  /** The least and largest value of each channel in sRGB. */
  readonly ranges: readonly (readonly [least: number, largest: number])[];
}

type ChannelLine = readonly [scale: number, first: number, second: number, shift: number];

const OKLAB: ColourSpace = {
  mixtures: [
    [0.4122214708, 0.0514459929],
    [0.2119034982, 0.1073969566],
    [0.0883024619, 0.6299787005],
  ],
  root: [0, 1, 0],
  channels: [
    [1, 0.2104542553, -0.0040720468, 0],
    [0, 1.9779984951, 0.4505937099, 0],
    [0, 0.0259040371, -0.808675766, 0],
  ],
  roots: [
    [1, 0.3963377774, 0.2158037573, 0],
    [1, -0.1055613458, -0.0638541728, 0],
    [1, -0.0894841775, -1.291485548, 0],
  ],
  power: [-1e30, 0, 1],
  lights: [4.0767416621, 0.2309699292, -1.2684380046, -0.3413193965, -0.0041960863, 1.707614701],
  ranges: [
    [0, 1],
    [-0.2339, 0.2763],
    [-0.3116, 0.1986],
  ],
};

// The rows of scikit-image's matrix, each divided by its sum, so that white is 1, 1, 1. Its
// own white, 0.95047 and 1.08883, is off by up to 7e-5, which gives greys an a and b up to
// 0.005. Fractions like 16 / 116 are written out, since bundlers keep what they would have to
// compute.
const LAB: ColourSpace = {
  mixtures: [
    [0.43395275530903066, 0.18982783001001624],
    [0.212671, 0.072169],
    [0.01775791409262331, 0.872765565040404],
  ],
  root: [0.008856, 7.787, 0.13793103448275862],
  channels: [
    [116, 0, 0, -16],
    [0, 500, 0, 0],
    [0, 0, -200, 0],
  ],
  roots: [
    [0.008620689655172414, 0.002, 0, 0.13793103448275862],
    [0.008620689655172414, 0, 0, 0.13793103448275862],
    [0.008620689655172414, 0, -0.005, 0.13793103448275862],
  ],
  power: [0.2068966, 0.13793103448275862, 0.12841916016437652],
  // Of the inverse of the matrix.
  lights: [
    3.0799349355329992, -0.5427834192616813, -0.9212341827539382, 0.045244181264047494,
    0.05288968204586391, 1.1511516563206472,
  ],
  ranges: [
    [0, 100],
    [-86.19, 98.24],
    [-107.87, 94.48],
  ],
};

/** What a space is made of, by its name. */
export const COLOUR_SPACES: Readonly<Record<Exclude<Space, 'rgb'>, ColourSpace>> = {
  oklab: OKLAB,
  lab: LAB,
};

/** A line of each channel: value * scale + shift. */
export interface ChannelScaling {
  readonly scale: number;
  readonly shift: number;
}

/** Returns what the kernels take to make channels of roots: 24 vectors of four equal float32. */
export function channelCoefficients(space: ColourSpace): Float32Array {
  return vectorsOf(space, space.channels);
}

/**
 * Returns what the kernels take to recolour pixels by a line of each channel. From roots to
 * channels, along the lines and back to roots is a line again.
 */
export function recolourCoefficients(
  space: ColourSpace,
  lines: readonly ChannelScaling[],
): Float32Array {
  const combined = space.roots.map(([lightness, first, second, shift]) => {
    const multiples = [lightness, first, second];
    const sum = (term: (channel: ChannelLine, line: ChannelScaling) => number): number =>
      multiples.reduce(
        (total, multiple, i) =>
          total + multiple * term(space.channels[i] as ChannelLine, lines[i] as ChannelScaling),
        0,
      );
    return [
      sum((channel, line) => channel[0] * line.scale),
      sum((channel, line) => channel[1] * line.scale),
      sum((channel, line) => channel[2] * line.scale),
      sum((channel, line) => channel[3] * line.scale + line.shift) + shift,
    ] as const;
  });
  return vectorsOf(space, combined);
}

function vectorsOf(space: ColourSpace, lines: readonly ChannelLine[]): Float32Array {
  const { root, power, lights } = space;
  const coefficients = [root, lines, power, lights].flat(2);
  return Float32Array.from(
    { length: 4 * coefficients.length },
    (_, i) => coefficients[i >> 2] as number,
  );
}

// Made with the first picture in a space.
let mixtures: Map<ColourSpace, Float32Array> | undefined;

/**
 * Returns what red, green and blue of each byte add to mixtures u, v and w: (3, 256, 4) float32,
 * the fourth of which is not used.
 *
 * All three are multiples of the last place of the light itself. So for greys their sum is the
 * light, without rounding, in each mixture. Else rounding would give greys a little colour,
 * which restyling may scale up.
 */
export function mixturesIn(space: ColourSpace): Float32Array {
  mixtures ??= new Map();
  const tables = mixtures.get(space) ?? makeMixtures(space);
  mixtures.set(space, tables);
  return tables;
}

function makeMixtures(space: ColourSpace): Float32Array {
  const tables = new Float32Array(3 * 256 * 4);
  sharedSrgb().light.forEach((value, byte) => {
    const unit = lastPlaceOf(value);
    space.mixtures.forEach(([red, blue], mixture) => {
      const at = 4 * byte + mixture;
      const reds = Math.round((red * value) / unit) * unit;
      const blues = Math.round((blue * value) / unit) * unit;
      tables[at] = reds;
      tables[at + 1024] = value - reds - blues;
      tables[at + 2048] = blues;
    });
  });
  return tables;
}

/** Returns the last place of a float32 from 0 to 1. */
function lastPlaceOf(value: number): number {
  let unit = 1;
  while (unit > value && unit > 2 ** -100) unit /= 2;
  return unit * 2 ** -23;
}
