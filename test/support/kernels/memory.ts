import { expect } from 'vitest';
import { type GradientKernels, gradientsOver } from '../../../src/kernels/gradients.ts';
import { createMemory, type Kernels, kernelsOver } from '../../../src/kernels/kernels.ts';
import { type PixelKernels, pixelsOver } from '../../../src/kernels/pixels.ts';
import { type VectorKernels, vectorsOver } from '../../../src/kernels/vectors.ts';

const GUARD = 0xa5;

/**
 * Kernels and their memory, which is full of guard bytes. Buffers lie with a gap between
 * them. The first one lies against the end of the memory, so that reading past it is a trap.
 */
export class KernelMemory {
  readonly kernels: Kernels & GradientKernels & VectorKernels;
  readonly pixels: PixelKernels;
  readonly bytes: Uint8Array;
  #end: number;

  /** @param elements how many float32 the large buffers hold together; 8 KB are added for small ones */
  constructor(elements = 0) {
    const instances = createMemory(elements * 4 + 8192);
    const { buffer } = instances.memory;
    this.kernels = {
      ...kernelsOver(instances),
      ...gradientsOver(instances),
      ...vectorsOver(instances),
    };
    this.pixels = pixelsOver(instances);
    this.bytes = new Uint8Array(buffer).fill(GUARD);
    this.#end = buffer.byteLength;
  }

  floats(values: ArrayLike<number>): Float32Array {
    const array = new Float32Array(this.bytes.buffer, this.#take(values.length * 4), values.length);
    array.set(values);
    return array;
  }

  bits(values: ArrayLike<number>): Uint16Array {
    const array = new Uint16Array(this.bytes.buffer, this.#take(values.length * 2), values.length);
    array.set(values);
    return array;
  }

  doubles(values: ArrayLike<number>): Float64Array {
    const array = new Float64Array(this.bytes.buffer, this.#take(values.length * 8), values.length);
    array.set(values);
    return array;
  }

  words(values: ArrayLike<number>): Uint32Array {
    const array = new Uint32Array(this.bytes.buffer, this.#take(values.length * 4), values.length);
    array.set(values);
    return array;
  }

  octets(values: ArrayLike<number>): Uint8Array {
    const array = new Uint8Array(this.bytes.buffer, this.#take(values.length), values.length);
    array.set(values);
    return array;
  }

  /** Runs a kernel, and expects it to have changed nothing but the given buffers. */
  run(
    kernel: (kernels: Kernels & GradientKernels & VectorKernels) => void,
    ...written: ArrayBufferView[]
  ): void {
    this.#expectUnchanged(() => kernel(this.kernels), written);
  }

  /** Does the same with a kernel of pictures. */
  runPixels(kernel: (kernels: PixelKernels) => void, ...written: ArrayBufferView[]): void {
    this.#expectUnchanged(() => kernel(this.pixels), written);
  }

  #expectUnchanged(run: () => void, written: readonly ArrayBufferView[]): void {
    const before = this.bytes.slice();
    run();
    for (const { byteOffset, byteLength } of written) {
      before.set(this.bytes.subarray(byteOffset, byteOffset + byteLength), byteOffset);
    }
    expect(Buffer.compare(this.bytes, before)).toBe(0);
  }

  #take(byteLength: number): number {
    const start = (this.#end - byteLength) & ~7;
    this.#end = start - 40;
    return start;
  }
}

/** The scratch of a kernel that takes four columns at once: `each` float32 for every column. */
export function columnScratch(memory: KernelMemory, columns: number, each: number): Float32Array {
  return memory.floats(new Float32Array(Math.ceil(columns / 4) * 4 * each).fill(Number.NaN));
}
