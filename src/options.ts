import { describe } from './describe.ts';
import type { Layout } from './shape.ts';
import { sameShape } from './shape.ts';
import {
  type CheckedTensor,
  checkData,
  isFloat32Array,
  lengthOf,
  plainArray,
  readTensor,
  Tensor,
} from './tensor.ts';

/**
 * Refuses anything but a plain object with known names, so that a misspelt
 * option can't pass in silence.
 */
export function checkOptions(options: unknown, known: readonly string[]): void {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw new TypeError(`options: expected an object, got ${describe(options)}`);
  }
  for (const name in options) {
    if (!known.includes(name)) {
      throw new TypeError(`options: expected ${known.join(', ')}, got ${describe(name)}`);
    }
  }
}

export function checkBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') {
    throw new TypeError(`${name}: expected true or false, got ${describe(value)}`);
  }
}

export function checkFinite(value: unknown, name: string): asserts value is number {
  if (typeof value !== 'number') {
    throw new TypeError(`${name}: expected a number, got ${describe(value)}`);
  }
  if (!Number.isFinite(value)) {
    throw new RangeError(`${name}: expected a finite number, got ${value}`);
  }
}

export function checkInterval(
  value: unknown,
  name: string,
  from: number,
  to: number,
): asserts value is number {
  checkFinite(value, name);
  if (value < from || value > to) {
    throw new RangeError(`${name}: expected a number from ${from} to ${to}, got ${value}`);
  }
}

export function checkEps(value: unknown): asserts value is number {
  checkFinite(value, 'eps');
  if (value < 0) throw new RangeError(`eps: expected a number of at least 0, got ${value}`);
}

export function checkCount(value: unknown, name: string, least = 1): asserts value is number {
  if (typeof value !== 'number') {
    throw new TypeError(`${name}: expected a number, got ${describe(value)}`);
  }
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name}: expected a whole number of at least ${least}, got ${value}`);
  }
}

export function checkLayout(value: unknown): asserts value is Layout {
  checkOneOf(value, 'layout', ['nchw', 'nhwc']);
}

export function checkOneOf(value: unknown, name: string, names: readonly string[]): void {
  if (typeof value !== 'string') {
    throw new TypeError(`${name}: expected ${quoted(names)}, got ${describe(value)}`);
  }
  if (!names.includes(value)) {
    throw new RangeError(`${name}: expected ${quoted(names)}, got ${describe(value)}`);
  }
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(' or ');
}

/** Reads an optional list of numbers, each once. */
export function readLengths(value: unknown): readonly number[] | null {
  if (value === null || value === undefined) return null;
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
  if (!isList) throw new TypeError(`lengths: expected an array of numbers, got ${describe(value)}`);
  const lengths: unknown[] = Array.from(value as ArrayLike<unknown>);
  for (const length of lengths) {
    if (typeof length !== 'number') {
      throw new TypeError(`lengths: expected numbers, got ${describe(length)}`);
    }
  }
  return lengths as number[];
}

/** Reads an optional parameter that holds one of several numbers of values. */
export function readParameter(
  value: unknown,
  name: string,
  ...lengths: readonly number[]
): Float32Array | null {
  if (value === null || value === undefined) return null;
  if (!isFloat32Array(value)) {
    throw new TypeError(`${name}: expected a Float32Array, got ${describe(value)}`);
  }
  const length = lengthOf(value);
  if (!lengths.includes(length)) {
    const expected = [...new Set(lengths)].join(' or ');
    throw new RangeError(`${name}: expected ${expected} elements, got ${length}`);
  }
  return plainArray(value);
}

/**
 * Makes an array for so many of an argument's values.
 *
 * @throws RangeError where they are more than the host can hold.
 */
export function allocate<Values>(make: () => Values, count: number, name: string): Values {
  try {
    return make();
  } catch {
    throw new RangeError(`${name}: expected as many as there is memory for, got ${count}`);
  }
}

/** Makes the values of a parameter, all alike. */
export function makeValues(count: number, value: number, name: string): Float32Array {
  return allocate(() => new Float32Array(count).fill(value), count, name);
}

/** Where a result goes. */
export interface Output {
  /** What the caller is given: `out` itself where that is a Tensor. */
  readonly tensor: Tensor;
  readonly data: Float32Array;
}

/**
 * Reads the `out` option, or makes a new tensor in its absence. Comes after all that
 * may have a getter, which could have detached or shrunk x: x is checked once more.
 *
 * @throws RangeError where its shape is another than x's, or where it shares
 *   some but not all of its memory with x.
 */
export function readOutput(out: unknown, x: CheckedTensor, name: string): Output {
  const given = out === undefined || out === null ? null : readTensor(out, 'out');
  checkData(x.data, x.shape, `${name}.data`);
  if (given === null) {
    const tensor = new Tensor(new Float32Array(x.data.length), x.shape);
    return { tensor, data: tensor.data };
  }
  const { data, shape } = given;
  if (!sameShape(shape, x.shape)) {
    throw new RangeError(`out: expected shape [${x.shape.join(', ')}], got [${shape.join(', ')}]`);
  }
  if (!sameMemory(data, x.data)) refuseOverlap('out', data, name, x.data);
  return { tensor: out instanceof Tensor ? out : new Tensor(data, shape), data };
}

/** Says whether two arrays are the same elements of the same memory. */
export function sameMemory(a: Float32Array, b: Float32Array): boolean {
  return (
    a === b || (a.byteOffset === b.byteOffset && a.length === b.length && a.buffer === b.buffer)
  );
}

type Arrays = Readonly<Record<string, Float32Array | null>>;

/** Refuses an array to write to that shares memory with one to read, or with another to write. */
export function refuseOverlaps(written: Arrays, read: Arrays): void {
  for (const name in written) {
    let later = false;
    for (const other in written) {
      if (later) refuseOverlap(name, written[name], other, written[other]);
      else later = other === name;
    }
    for (const other in read) refuseOverlap(name, written[name], other, read[other]);
  }
}

/** Refuses an array to write to that shares memory with another. */
export function refuseOverlap(
  name: string,
  array: Float32Array | null | undefined,
  otherName: string,
  other: Float32Array | null | undefined,
): void {
  if (!array || !other || array.buffer !== other.buffer) return;
  const start = array.byteOffset;
  const end = start + array.byteLength;
  const otherStart = other.byteOffset;
  const otherEnd = otherStart + other.byteLength;
  if (start < otherEnd && otherStart < end) {
    throw new RangeError(
      `${name}: expected memory of its own, got bytes ${start} to ${end} of a buffer ` +
        `of which ${otherName} holds ${otherStart} to ${otherEnd}`,
    );
  }
}
