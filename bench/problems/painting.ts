// The painting of photographs as a problem for peers: the network's tensors, a photograph, and what
// float64 makes of it.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from 'wasm-norm';
import { type Network, readNetwork } from '../../cli/paint/network/network.ts';
import { normalFrom } from '../../test/support/random.ts';

const WEIGHTS = fileURLToPath(
  new URL('../../cli/paint/style-network.safetensors', import.meta.url),
);

export const BLOCKS = 5;
export const EPS = 1e-5;

/** A tensor of the network, as PyTorch has it. */
export interface Parameter {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** The network's tensors by name; of styles those of one. */
export function readParameters(style: string): {
  readonly network: Network;
  readonly numbers: Float32Array;
  readonly parameterOf: (name: string) => Parameter;
} {
  const bytes = readFileSync(WEIGHTS);
  const network = readNetwork(bytes);
  const tensors = readSafetensors(bytes);
  const row = [...network.styles.keys()].indexOf(style);
  const numbers = network.styles.get(style);
  if (numbers === undefined) throw new Error(`there is no style ${style}`);
  const parameterOf = (name: string): Parameter => {
    const tensor = tensors[name];
    if (!(tensor?.data instanceof Float32Array)) throw new Error(`there is no ${name}`);
    const { data, shape } = tensor;
    if (!name.includes('.norm.')) return { data, shape };
    const [, channels = 0] = shape;
    return { data: data.slice(row * channels, (row + 1) * channels), shape: [channels] };
  };
  return { network, numbers, parameterOf };
}

/** RGBA bytes of a landscape: a sky of one single colour, and below it noise in soft waves. */
export function landscape(size: number): Uint8ClampedArray {
  const normal = normalFrom(size);
  const data = new Uint8ClampedArray(4 * size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = 4 * (y * size + x);
      const wave = 60 * Math.sin(x / 17) * Math.cos(y / 11);
      const colour = y < size / 2 ? [94, 143, 202] : [90 + wave, 110 - wave, 60 + wave / 2];
      const noise = y < size / 2 ? 0 : 20 * normal();
      for (let i = 0; i < 3; i++) data[at + i] = (colour[i] as number) + noise;
      data[at + 3] = 255;
    }
  }
  return data;
}

/** Returns red, green and blue planes of 0 to 1. */
export function planesOf(rgba: Uint8ClampedArray): Float32Array {
  const pixels = rgba.length / 4;
  const planes = new Float32Array(3 * pixels);
  for (let i = 0; i < planes.length; i++) {
    planes[i] = (rgba[4 * (i % pixels) + Math.floor(i / pixels)] as number) / 255;
  }
  return planes;
}

/** Channels of a layer, each (size, size) in float64. */
interface Layer {
  readonly size: number;
  readonly channels: readonly Float64Array[];
}

/** Paints planes of 0 to 1 in float64, by the plainest loops. */
export function paintInFloat64(
  planes: Float32Array,
  parameterOf: (name: string) => Parameter,
): Float64Array {
  const size = Math.sqrt(planes.length / 3);
  const pixels = size * size;
  const picture = [0, 1, 2].map((i) =>
    Float64Array.from(planes.subarray(i * pixels, (i + 1) * pixels), (value) => 2 * value - 1),
  );
  const layer = (x: Layer, name: string, stride: number) =>
    rectified(normalized(convolved(x, parameterOf(`${name}.conv.weight`), stride), name));
  const separable = (x: Layer, name: string) =>
    normalized(
      convolved(
        convolved(x, parameterOf(`${name}.depthwise.weight`), 1, true),
        parameterOf(`${name}.pointwise.weight`),
        1,
      ),
      name,
    );

  let x: Layer = { size, channels: picture };
  x = layer(layer(layer(x, 'down1', 1), 'down2', 2), 'down3', 2);
  for (let i = 1; i <= BLOCKS; i++) {
    const b = separable(rectified(separable(x, `res${i}.a`)), `res${i}.b`);
    const before = x;
    const channels = b.channels.map((channel, c) =>
      channel.map((value, at) => value + (before.channels[c]?.[at] as number)),
    );
    x = { size: x.size, channels };
  }
  for (const name of ['up1', 'up2']) x = layer(enlarged(x), name, 1);
  const out = convolved(x, parameterOf('out.conv.weight'), 1);
  const bias = parameterOf('out.conv.bias').data;
  const result = new Float64Array(planes.length);
  for (let i = 0; i < result.length; i++) {
    const channel = Math.floor(i / pixels);
    const sum = (out.channels[channel]?.[i % pixels] as number) + (bias[channel] as number);
    result[i] = 1 / (1 + Math.exp(-sum));
  }
  return result;

  function normalized({ size, channels }: Layer, name: string): Layer {
    const weight = parameterOf(`${name}.norm.weight`).data;
    const bias = parameterOf(`${name}.norm.bias`).data;
    return {
      size,
      channels: channels.map((channel, c) => {
        const mean = channel.reduce((sum, value) => sum + value, 0) / channel.length;
        const squares = channel.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        const scale = (weight[c] as number) / Math.sqrt(squares / channel.length + EPS);
        return channel.map((value) => (value - mean) * scale + (bias[c] as number));
      }),
    };
  }
}

function rectified({ size, channels }: Layer): Layer {
  return { size, channels: channels.map((channel) => channel.map((value) => Math.max(0, value))) };
}

function enlarged({ size, channels }: Layer): Layer {
  return {
    size: 2 * size,
    channels: channels.map((channel) =>
      Float64Array.from({ length: 4 * size * size }, (_, i) => {
        const [row, column] = [Math.floor(i / (2 * size)), i % (2 * size)];
        return channel[(row >> 1) * size + (column >> 1)] as number;
      }),
    ),
  };
}

/** Convolves over the input mirrored at its edges: all channels, or each by itself. */
function convolved(
  { size, channels }: Layer,
  { data, shape }: Parameter,
  stride: number,
  isDepthwise = false,
): Layer {
  const [outputs = 0, inputs = 0, taps = 0] = shape;
  const padding = (taps - 1) / 2;
  const padded = size + 2 * padding;
  const mirrored = channels.map((channel) =>
    Float64Array.from({ length: padded * padded }, (_, i) => {
      const [y, x] = [Math.floor(i / padded), i % padded].map((place) => {
        const inside = Math.abs(place - padding);
        return inside < size ? inside : 2 * (size - 1) - inside;
      }) as [number, number];
      return channel[y * size + x] as number;
    }),
  );
  const small = Math.ceil(size / stride);
  const results = Array.from({ length: outputs }, (_, output) => {
    const sums = new Float64Array(small * small);
    for (let input = 0; input < inputs; input++) {
      const x = mirrored[isDepthwise ? output : input] as Float64Array;
      for (let tap = 0; tap < taps * taps; tap++) {
        const weight = data[(output * inputs + input) * taps * taps + tap] as number;
        const start = Math.floor(tap / taps) * padded + (tap % taps);
        for (let row = 0; row < small; row++) {
          let from = start + row * stride * padded;
          for (let to = row * small; to < (row + 1) * small; to++, from += stride) {
            sums[to] = (sums[to] as number) + weight * (x[from] as number);
          }
        }
      }
    }
    return sums;
  });
  return { size: small, channels: results };
}
