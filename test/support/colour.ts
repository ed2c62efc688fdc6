// The spaces of lightness and colour in float64, as their authors write them.

type Triple = readonly [number, number, number];

/** IEC 61966-2-1: the light of an encoded value from 0 to 1. */
export function decodeSrgb(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** The encoded value of light, 0 to 1. */
export function encodeSrgb(light: number): number {
  return light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
}

/** Of three bytes, and back to bytes that are not rounded; light beyond 0 to 1 is clamped. */
export interface ReferenceSpace {
  readonly of: (bytes: Triple) => Triple;
  readonly back: (channels: Triple) => Triple;
}

const times = (matrix: readonly Triple[], [x, y, z]: Triple): Triple =>
  matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Triple;
const each = (values: Triple, of: (value: number) => number): Triple =>
  values.map(of) as unknown as Triple;
const lightOf = (bytes: Triple): Triple => each(bytes, (byte) => decodeSrgb(byte / 255));
const bytesOf = (light: Triple): Triple =>
  each(light, (value) => 255 * encodeSrgb(Math.min(1, Math.max(0, value))));

// Björn Ottosson's C++.
const oklab: ReferenceSpace = {
  of: (bytes) => {
    const cones = times(
      [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
      ],
      lightOf(bytes),
    );
    return times(
      [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
      ],
      each(cones, Math.cbrt),
    );
  },
  back: (channels) => {
    const roots = times(
      [
        [1, 0.3963377774, 0.2158037573],
        [1, -0.1055613458, -0.0638541728],
        [1, -0.0894841775, -1.291485548],
      ],
      channels,
    );
    const light = times(
      [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.707614701],
      ],
      each(roots, (root) => root ** 3),
    );
    return bytesOf(light);
  },
};

// CIELAB with scikit-image's matrix, its rows over their sums, so that white is 1, 1, 1.
const XYZ: readonly Triple[] = [
  [0.412453 / 0.950456, 0.35758 / 0.950456, 0.180423 / 0.950456],
  [0.212671, 0.71516, 0.072169],
  [0.019334 / 1.088754, 0.119193 / 1.088754, 0.950227 / 1.088754],
];
const RGB = inverse(XYZ);

const lab: ReferenceSpace = {
  of: (bytes) => {
    const [x, y, z] = each(times(XYZ, lightOf(bytes)), (t) =>
      t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116,
    );
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  },
  back: ([lightness, a, b]) => {
    const y = (lightness + 16) / 116;
    const roots: Triple = [y + a / 500, y, y - b / 200];
    return bytesOf(
      times(
        RGB,
        each(roots, (root) => (root > 0.2068966 ? root ** 3 : (root - 16 / 116) / 7.787)),
      ),
    );
  },
};

export const referenceSpaces: Readonly<Record<'oklab' | 'lab', ReferenceSpace>> = { oklab, lab };

function inverse(matrix: readonly Triple[]): readonly Triple[] {
  const [[a, b, c], [d, e, f], [g, h, i]] = matrix as [Triple, Triple, Triple];
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ].map((line) => each(line as unknown as Triple, (value) => value / determinant));
}
