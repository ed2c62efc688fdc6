import { Tensor, layer_norm as theirs } from '@huggingface/transformers';
import { expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeness.ts';
import { normals } from '../../test/support/random.ts';
import { layerNorm } from '../../test/support/reference.ts';
import { shortenEmbeddings } from './transformers.ts';

const WIDTH = 64;
const SIZE = 24;

/** Layer normalization, the cut and unit length, in float64. */
function expectedShort(data: Float32Array): number[] {
  const normalized = layerNorm(data, [WIDTH]);
  const short: number[] = [];
  for (let row = 0; row < data.length; row += WIDTH) {
    const values = normalized.slice(row, row + SIZE);
    const length = Math.hypot(...values);
    short.push(...Array.from(values, (value) => value / length));
  }
  return short;
}

it('shortens embeddings as PyTorch does', () => {
  const data = normals(5 * WIDTH, 1, 3, 0.5);
  const embeddings = new Tensor('float32', data.slice(), [5, WIDTH]);
  const short = shortenEmbeddings(embeddings, SIZE);
  expect(short).toBeInstanceOf(Tensor);
  expect(short.dims).toEqual([5, SIZE]);
  // The float32 sums of their `normalize` err by at most one unit each of a few.
  expectClose(short.data as Float32Array, expectedShort(data), { weight: [4] });
  expect(embeddings.data).toEqual(data);
});

it('differs from their layer_norm where the spread is small, and eps in the wrong place tells', () => {
  const data = normals(WIDTH, 2, 0, 1e-3);
  const embeddings = new Tensor('float32', data, [1, WIDTH]);
  const length = (values: Float32Array) => Math.hypot(...values);
  const right = Math.hypot(...layerNorm(data, [WIDTH]));
  expect(length(theirs(embeddings, [WIDTH]).data as Float32Array)).toBeGreaterThan(2 * right);
});
