// The places where the elements of a tensor can lie.

import { Arena, Tensor } from '../src/index.ts';

const SPACE = 16 * 2 ** 20;

export type Place = (values: Float32Array, shape: readonly number[]) => Tensor;

/** Each makes a tensor with a copy of the values; the arenas take back all their space in `resetPlaces`. */
export const places: Readonly<Record<string, Place>> = {
  'a plain array': (values, shape) => new Tensor(values.slice(), shape),
  'a view at an offset': (values, shape) => {
    const memory = new Float32Array(values.length + 20);
    memory.set(values, 13);
    return new Tensor(memory.subarray(13, 13 + values.length), shape);
  },
  'shared memory': (values, shape) => {
    const shared = new Float32Array(new SharedArrayBuffer(values.byteLength));
    shared.set(values);
    return new Tensor(shared, shape);
  },
  'an arena': (values, shape) => arenas[0].tensor({ data: values, shape }),
  'another arena': (values, shape) => arenas[1].tensor({ data: values, shape }),
  'a view within an arena': (values, shape) => {
    const { data } = arenas[0].tensor([values.length + 20]);
    data.set(values, 7);
    return new Tensor(data.subarray(7, 7 + values.length), shape);
  },
};

const arenas = [new Arena(SPACE), new Arena(SPACE)] as const;

export function resetPlaces(): void {
  for (const arena of arenas) arena.reset();
}
