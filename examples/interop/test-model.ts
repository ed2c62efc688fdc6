import onnxProto from 'onnx-proto';
import { normals } from '../../test/support/random.ts';
import { groupNorm, instanceNorm } from '../../test/support/reference.ts';

/** The sizes of the model's input, (N, 3, height, width). */
export type ImageShape = readonly [samples: number, channels: 3, height: number, width: number];

const CHANNELS = 16;
const GROUPS = 4;
const EPS = 1e-5;
const [FLOAT, FLOAT_ATTRIBUTE, INT_ATTRIBUTE, INTS_ATTRIBUTE] = [1, 1, 2, 7];

const PARAMETERS = {
  scale: normals(3, 1, 1, 0.2),
  shift: normals(3, 2, 0, 0.2),
  kernel: normals(CHANNELS * 3 * 9, 3, 0, 0.2),
  // A mean that is large beside the deviation, as layers after a bias have it.
  offset: normals(CHANNELS, 4, 30, 1),
  groupScale: normals(CHANNELS, 5, 1, 0.2),
  groupShift: normals(CHANNELS, 6, 0, 0.2),
} as const;

const SHAPES: Readonly<Record<keyof typeof PARAMETERS, readonly number[]>> = {
  scale: [3],
  shift: [3],
  kernel: [CHANNELS, 3, 3, 3],
  offset: [CHANNELS],
  groupScale: [CHANNELS],
  groupShift: [CHANNELS],
};

/**
 * Encodes a small model of images: an instance normalization, a convolution, a group normalization
 * of its result, and both added up after a ReLU of each.
 */
export function encodeTestModel(): Uint8Array {
  const floats = (name: string) => ({ name, type: { tensorType: { elemType: FLOAT } } });
  const epsilon = { name: 'epsilon', type: FLOAT_ATTRIBUTE, f: EPS };
  return onnxProto.onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 21 }],
    graph: {
      name: 'normalizations',
      initializer: Object.entries(PARAMETERS).map(([name, data]) => ({
        name,
        dataType: FLOAT,
        dims: [...SHAPES[name as keyof typeof PARAMETERS]],
        floatData: [...data],
      })),
      node: [
        {
          opType: 'InstanceNormalization',
          input: ['x', 'scale', 'shift'],
          output: ['normalized'],
          attribute: [epsilon],
        },
        {
          opType: 'Conv',
          input: ['normalized', 'kernel', 'offset'],
          output: ['features'],
          attribute: [{ name: 'pads', type: INTS_ATTRIBUTE, ints: [1, 1, 1, 1] }],
        },
        {
          opType: 'GroupNormalization',
          input: ['features', 'groupScale', 'groupShift'],
          output: ['grouped'],
          attribute: [epsilon, { name: 'num_groups', type: INT_ATTRIBUTE, i: GROUPS }],
        },
        { opType: 'Relu', input: ['grouped'], output: ['positive'] },
        { opType: 'Relu', input: ['features'], output: ['kept'] },
        { opType: 'Add', input: ['positive', 'kept'], output: ['y'] },
      ],
      input: [floats('x')],
      output: [floats('y'), floats('grouped')],
    },
  }).finish();
}

/** Returns what the model gives in float64. */
export function expectedResults(
  x: Float32Array,
  shape: ImageShape,
): { readonly y: Float64Array; readonly grouped: Float64Array } {
  const { scale, shift, kernel, offset, groupScale, groupShift } = PARAMETERS;
  const normalized = instanceNorm(x, shape, { weight: scale, bias: shift, eps: EPS });
  const features = convolve(normalized, shape, kernel, offset);
  const [samples, , height, width] = shape;
  const grouped = groupNorm(features, [samples, CHANNELS, height, width], GROUPS, {
    weight: groupScale,
    bias: groupShift,
    eps: EPS,
  });
  const y = grouped.map((value, i) => Math.max(0, value) + Math.max(0, features[i] as number));
  return { y, grouped };
}

/** Convolves with kernels of 3x3, zeros around the image. */
function convolve(
  x: Float64Array,
  [samples, , height, width]: ImageShape,
  kernel: Float32Array,
  offset: Float32Array,
): Float64Array {
  const size = height * width;
  const y = new Float64Array(samples * CHANNELS * size);
  y.forEach((_, at) => {
    const channel = Math.floor(at / size) % CHANNELS;
    const sample = Math.floor(at / (CHANNELS * size));
    const [row, column] = [Math.floor((at % size) / width), at % width];
    let sum = offset[channel] as number;
    for (let tap = 0; tap < 27; tap++) {
      const from = row + (Math.floor(tap / 3) % 3) - 1;
      const beside = column + (tap % 3) - 1;
      if (from < 0 || from >= height || beside < 0 || beside >= width) continue;
      const place = (sample * 3 + Math.floor(tap / 9)) * size + from * width + beside;
      sum += (kernel[channel * 27 + tap] as number) * (x[place] as number);
    }
    y[at] = sum;
  });
  return y;
}
