import { readSafetensors, type Tensor, writeSafetensors } from 'wasm-norm';
import type { Network } from './network.ts';

/** The weights of styles in a mixture, by their names. */
export type StyleWeights = Readonly<Record<string, number>>;

/**
 * Mixes styles: each number is the mean of theirs, by their weights, which need not add up to 1.
 *
 * @throws RangeError of a style that the network lacks, a weight below 0, and where all are 0
 */
export function mixStyles(network: Network, weights: StyleWeights): Float32Array {
  const given = Object.entries(weights);
  const total = given.reduce((sum, [, weight]) => sum + weight, 0);
  const size = numbersOf(network);
  const sums = new Float64Array(size);
  for (const [name, weight] of given) {
    const numbers = network.styles.get(name);
    if (numbers === undefined) {
      const names = [...network.styles.keys()].join(', ');
      throw new RangeError(`style: expected one of ${names}, got '${name}'`);
    }
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`weight of ${name}: expected a number of at least 0, got ${weight}`);
    }
    for (let i = 0; i < size; i++) {
      sums[i] = (sums[i] as number) + (weight / total) * (numbers[i] as number);
    }
  }
  if (!(total > 0)) throw new RangeError(`weights: expected one above 0, got ${total}`);
  return Float32Array.from(sums);
}

/**
 * Reads a style of one's own: of each normalized layer `LAYER.norm.weight` and `LAYER.norm.bias`
 * with one value for each channel, of shape [C] or [1, C], and no others.
 *
 * @param bytes of a safetensors file
 * @throws RangeError where it is another file, or of another network
 */
export function readStyle(network: Network, bytes: Uint8Array): Float32Array {
  const tensors = readSafetensors(bytes);
  const left = new Set(Object.keys(tensors));
  const style = new Float32Array(numbersOf(network));
  let at = 0;
  for (const { name, channels } of network.layers) {
    for (const key of [`${name}.norm.weight`, `${name}.norm.bias`]) {
      const tensor = tensors[key];
      if (tensor === undefined) throw new RangeError(`style: expected ${key}, got none`);
      const { data, shape } = tensor;
      if (!(data instanceof Float32Array) || data.length !== channels) {
        throw new RangeError(`${key}: expected shape [${channels}], got [${shape.join(', ')}]`);
      }
      if (!data.every(Number.isFinite)) {
        throw new RangeError(`${key}: expected finite numbers, got NaN or infinity`);
      }
      style.set(data, at);
      at += channels;
      left.delete(key);
    }
  }
  const [other] = left;
  if (other !== undefined) {
    throw new RangeError(`style: expected weights and biases of its normalizations, got ${other}`);
  }
  return style;
}

/** Writes a style as {@link readStyle} reads it. */
export function writeStyle(network: Network, style: Float32Array): Uint8Array {
  const tensors: Record<string, Pick<Tensor, 'data' | 'shape'>> = {};
  let at = 0;
  for (const { name, channels } of network.layers) {
    for (const kind of ['weight', 'bias']) {
      const data = style.subarray(at, at + channels);
      tensors[`${name}.norm.${kind}`] = { data, shape: [channels] };
      at += channels;
    }
  }
  return writeSafetensors(tensors);
}

/** How many numbers a style has. */
export function numbersOf({ layers }: Network): number {
  return layers.reduce((sum, { channels }) => sum + 2 * channels, 0);
}
