import { readSafetensors, type SafetensorsDict } from 'wasm-norm';
import { colours } from '../convolutions/colours.ts';
import type { Convolution, Weights } from '../convolutions/convolution.ts';
import { dense } from '../convolutions/dense.ts';
import { separable } from '../convolutions/separable.ts';
import { upsampled } from '../convolutions/upsampled.ts';

/** A layer that is normalized: its name in the file, and its channels. */
export interface NormalizedLayer {
  readonly name: string;
  readonly channels: number;
}

/** The network, read from its file: convolutions, and the numbers of each style. */
export interface Network {
  /** The convolutions by the names of their layers. */
  readonly convolutions: ReadonlyMap<string, Convolution>;
  /** The layers that are normalized, in their order. */
  readonly layers: readonly NormalizedLayer[];
  readonly eps: number;
  /** The styles by name: of each layer in order its weights, then its biases. */
  readonly styles: ReadonlyMap<string, Float32Array>;
}

/** The residual blocks. */
export const BLOCKS = 5;

const BLOCK_NAMES: readonly string[] = Array.from({ length: BLOCKS }, (_, i) => `res${i + 1}`);
const SEPARABLE = BLOCK_NAMES.flatMap((name) => [`${name}.a`, `${name}.b`]);
const LAYERS = ['down1', 'down2', 'down3', ...SEPARABLE, 'up1', 'up2'];

/**
 * Reads the network.
 *
 * @param bytes of style-network.safetensors
 * @throws RangeError where they are another file
 */
export function readNetwork(bytes: Uint8Array | ArrayBuffer): Network {
  const tensors: SafetensorsDict = readSafetensors(bytes);
  const read = (key: string): Weights => {
    const tensor = tensors[key];
    if (tensor?.data instanceof Float32Array) return { data: tensor.data, shape: tensor.shape };
    throw new RangeError(`network: expected ${key}, got none`);
  };
  const convolutions = new Map<string, Convolution>([
    ['down1', dense(read('down1.conv.weight'), 1)],
    ['down2', dense(read('down2.conv.weight'), 2)],
    ['down3', dense(read('down3.conv.weight'), 2)],
    ...SEPARABLE.map((name): [string, Convolution] => [
      name,
      separable(read(`${name}.depthwise.weight`), read(`${name}.pointwise.weight`)),
    ]),
    ['up1', upsampled(read('up1.conv.weight'))],
    ['up2', upsampled(read('up2.conv.weight'))],
    ['out', colours(read('out.conv.weight'), read('out.conv.bias').data)],
  ]);

  const metadata = tensors.__metadata__ ?? {};
  const names: readonly string[] = JSON.parse(metadata.styles ?? '[]');
  const layers: NormalizedLayer[] = [];
  const rows: Float32Array[][] = names.map(() => []);
  for (const name of LAYERS) {
    const weight = read(`${name}.norm.weight`);
    const norms = [weight, read(`${name}.norm.bias`)];
    const [, channels = 0] = weight.shape;
    layers.push({ name, channels });
    for (const { data } of norms) {
      for (const [i, row] of rows.entries()) {
        row.push(data.subarray(i * channels, (i + 1) * channels));
      }
    }
  }
  const styles = new Map(names.map((name, i) => [name, joined(rows[i] ?? [])]));
  return { convolutions, layers, eps: Number(metadata.eps), styles };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
