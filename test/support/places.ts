// The places where the elements of a tensor can lie.

import { Arena, Tensor } from '../../src/index.ts';

const SPACE = 16 * 2 ** 20;

/** Makes a tensor. A view begins `offset` elements into its buffer, or into a tensor of the arena. */
export type Place = (values: Float32Array, shape: readonly number[], offset?: number) => Tensor;

/** Each makes a tensor with a copy of the values. `resetPlaces` empties the arenas. */
export const places: Readonly<Record<string, Place>> = {
  'a plain array': (values, shape) => new Tensor(values.slice(), shape),
  'a view at an offset': (values, shape, offset = 13) => {
    const memory = new Float32Array(offset + values.length + 7);
    memory.set(values, offset);
    return new Tensor(memory.subarray(offset, offset + values.length), shape);
  },
  'shared memory': (values, shape) => {
    const shared = new Float32Array(new SharedArrayBuffer(values.byteLength));
    shared.set(values);
    return new Tensor(shared, shape);
  },
  'an arena': (values, shape) => arenas[0].tensor({ data: values, shape }),
  'another arena': (values, shape) => arenas[1].tensor({ data: values, shape }),
  'a view within an arena': (values, shape, offset = 7) => {
    const { data } = arenas[0].tensor([offset + values.length + 7]);
    data.set(values, offset);
    return new Tensor(data.subarray(offset, offset + values.length), shape);
  },
};

const arenas = [new Arena(SPACE), new Arena(SPACE)] as const;

export function resetPlaces(): void {
  for (const arena of arenas) arena.reset();
}
