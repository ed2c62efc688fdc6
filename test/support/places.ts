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

/** Each makes a tensor of 16 bits with a copy of the bits likewise. */
export const places16: Readonly<Record<string, Place16>> = {
  'a plain array': (bits, shape, dtype) => new Tensor(bits.slice(), shape, { dtype }),
  'a view at an offset': (bits, shape, dtype, offset = 13) => {
    const memory = new Uint16Array(offset + bits.length + 7);
    memory.set(bits, offset);
    return new Tensor(memory.subarray(offset, offset + bits.length), shape, { dtype });
  },
  'shared memory': (bits, shape, dtype) => {
    const shared = new Uint16Array(new SharedArrayBuffer(bits.byteLength));
    shared.set(bits);
    return new Tensor(shared, shape, { dtype });
  },
  'an arena': (bits, shape, dtype) => arenas[0].tensor({ data: bits, shape, dtype }),
  'another arena': (bits, shape, dtype) => arenas[1].tensor({ data: bits, shape, dtype }),
  'a view within an arena': (bits, shape, dtype, offset = 7) => {
    const { data } = arenas[0].tensor([offset + bits.length + 7], { dtype });
    data.set(bits, offset);
    return new Tensor(data.subarray(offset, offset + bits.length), shape, { dtype });
  },
};

export type Place16 = (
  bits: Uint16Array,
  shape: readonly number[],
  dtype: 'float16' | 'bfloat16',
  offset?: number,
) => Tensor<Uint16Array>;

const arenas = [new Arena(SPACE), new Arena(SPACE)] as const;

export function resetPlaces(): void {
  for (const arena of arenas) arena.reset();
}
