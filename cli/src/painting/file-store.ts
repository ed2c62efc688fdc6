import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Store } from '../../paint/walk/kept.ts';

/** Keeps rows in a file, which several threads may share. */
export class FileStore implements Store {
  readonly #file: number;
  readonly #rowBytes: number;
  #rows = new Float32Array();

  /** @param rowSize elements of a row */
  constructor(path: string, rowSize: number) {
    // It is made where it is missing, and not emptied: another thread may have written.
    this.#file = openSync(path, 'a+');
    closeSync(this.#file);
    this.#file = openSync(path, 'r+');
    this.#rowBytes = 4 * rowSize;
  }

  write(row: number, { buffer, byteOffset, byteLength }: Float32Array): void {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    const start = row * this.#rowBytes;
    for (let done = 0; done < byteLength; ) {
      done += writeSync(this.#file, bytes, done, byteLength - done, start + done);
    }
  }

  read(from: number, to: number): Float32Array {
    const length = (to - from) * this.#rowBytes;
    if (4 * this.#rows.length < length) this.#rows = new Float32Array(length / 4);
    const bytes = new Uint8Array(this.#rows.buffer, 0, length);
    const start = from * this.#rowBytes;
    for (let done = 0; done < length; ) {
      const read = readSync(this.#file, bytes, done, length - done, start + done);
      if (read === 0) throw new Error('a temporary file was cut short');
      done += read;
    }
    return this.#rows.subarray(0, length / 4);
  }

  close(): void {
    closeSync(this.#file);
  }
}
