import { decodeBytes } from '../../../src/kernels/decode-bytes.ts';
import { type Paint, paintText } from './compiled-paint.ts';

/** The kernels of convolutions. Addresses are bytes, counts are elements. */
export type Kernels = Paint;

const PAGE = 65536;

let compiled: WebAssembly.Module | undefined;

/** A memory of fixed size with kernels over it, from which space is taken piece by piece. */
export class KernelMemory {
  readonly kernels: Kernels;
  readonly #buffer: ArrayBuffer;
  #used = 0;

  /** @param sizes how many float32 each piece has, in the order in which they are taken */
  constructor(sizes: readonly number[]) {
    compiled ??= new WebAssembly.Module(decodeBytes(paintText));
    const bytes = sizes.reduce((sum, size) => sum + bytesOf(size), 0);
    const pages = Math.ceil(bytes / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
    this.kernels = exports as unknown as Kernels;
    this.#buffer = memory.buffer;
  }

  /** Takes the next piece, of zeros. */
  take(size: number): Float32Array<ArrayBuffer> {
    const piece = new Float32Array(this.#buffer, this.#used, size);
    this.#used += bytesOf(size);
    return piece;
  }
}

/** Pieces begin at lines of the cache. */
function bytesOf(size: number): number {
  return Math.ceil(size / 16) * 64;
}

/** Returns a count of elements rounded up to whole vectors, for which pieces have room. */
export function wholeVectors(count: number): number {
  return Math.ceil(count / 4) * 4;
}
