import { describe } from './describe.ts';
import { checkObject, refuseKind, refuseValue } from './refuse.ts';
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
  checkObject(options, 'options', 'an object');
  for (const name in options) {
    if (!known.includes(name)) {
      refuseKind('options', known.join(', '), name);
    }
  }
}

export function checkBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') {
    refuseKind(name, 'true or false', value);
  }
}

export function checkFinite(value: unknown, name: string): asserts value is number {
  if (typeof value !== 'number') {
    refuseKind(name, 'a number', value);
  }
  if (!Number.isFinite(value)) {
    refuseValue(name, 'a finite number', value);
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
    refuseValue(name, `a number from ${from} to ${to}`, value);
  }
}

export function checkEps(value: unknown): asserts value is number {
  checkFinite(value, 'eps');
  if (value < 0) refuseValue('eps', 'a number of at least 0', value);
}

export function checkCount(value: unknown, name: string, least = 1): asserts value is number {
  if (typeof value !== 'number') {
    refuseKind(name, 'a number', value);
  }
  if (!Number.isSafeInteger(value) || value < least) {
    refuseValue(name, `a whole number of at least ${least}`, value);
  }
}

const LAYOUTS: readonly Layout[] = ['nchw', 'nhwc'];

export function checkLayout(value: unknown): asserts value is Layout {
  checkOneOf(value, 'layout', LAYOUTS);
}

export function checkOneOf(value: unknown, name: string, names: readonly string[]): void {
  if (typeof value !== 'string') {
    refuseKind(name, quoted(names), value);
  }
  if (!names.includes(value)) {
    refuseValue(name, quoted(names), describe(value));
  }
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(' or ');
}

/** Reads an optional list of numbers, each once. */
export function readLengths(value: unknown): readonly number[] | null {
  if (value === null || value === undefined) return null;
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
  if (!isList) refuseKind('lengths', 'an array of numbers', value);
  const lengths: unknown[] = Array.from(value as ArrayLike<unknown>);
  for (const length of lengths) {
    if (typeof length !== 'number') {
      refuseKind('lengths', 'numbers', length);
    }
  }
  return lengths as number[];
}

/** Reads an optional parameter of a number of values, or of another one. */
export function readParameter(
  value: unknown,
  name: string,
  count: number,
  otherCount: number = count,
): Float32Array | null {
  if (value === null || value === undefined) return null;
  if (!isFloat32Array(value)) {
    refuseKind(name, 'a Float32Array', value);
  }
  const length = lengthOf(value);
  if (length !== count && length !== otherCount) {
    const expected = count === otherCount ? count : `${count} or ${otherCount}`;
    refuseValue(name, `${expected} elements`, length);
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
    refuseValue(name, 'as many as there is memory for', count);
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
  /** The data again where `out` gave it; null where it was made, and shares memory with nothing. */
  readonly given: Float32Array | null;
  /** Whether it is the memory of x. */
  readonly inPlace: boolean;
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
  checkData(x.data, x.shape, name);
  if (given === null) {
    const tensor = new Tensor(new Float32Array(x.data.length), x.shape);
    return { tensor, data: tensor.data, given, inPlace: false };
  }
  const { data, shape } = given;
  if (!sameShape(shape, x.shape)) {
    refuseValue('out', `shape ${describe(x.shape)}`, describe(shape));
  }
  const inPlace = refusePartialOverlap('out', data, name, x.data);
  const tensor = out instanceof Tensor ? out : new Tensor(data, shape);
  return { tensor, data, given: data, inPlace };
}

// To ask an array for its buffer takes 40 ns, a part of a small call that counts: so no
// array is asked twice, and first of all, since it is another as a rule.

/** Says whether two arrays are the same elements of the same memory. */
export function sameMemory(a: Float32Array, b: Float32Array): boolean {
  return (
    a === b || (a.buffer === b.buffer && a.byteOffset === b.byteOffset && a.length === b.length)
  );
}

type Arrays = Readonly<Record<string, Float32Array | null>>;

/** Refuses an array to write to that shares memory with one to read, or with another to write. */
export function refuseOverlaps(written: Arrays, read: Arrays): void {
  for (const name in written) {
    const array = written[name];
    if (!array) continue;
    const { buffer } = array;
    let later = false;
    for (const other in written) {
      if (!later) later = other === name;
      else if (written[other]?.buffer === buffer) {
        refuseOverlap(name, array, other, written[other] as Float32Array);
      }
    }
    for (const other in read) {
      if (read[other]?.buffer === buffer) {
        refuseOverlap(name, array, other, read[other] as Float32Array);
      }
    }
  }
}

/**
 * Refuses an array to write to that shares memory with another, unless it is the same
 * memory.
 *
 * @returns whether it is
 */
export function refusePartialOverlap(
  name: string,
  array: Float32Array,
  otherName: string,
  other: Float32Array,
): boolean {
  if (array === other) return true;
  if (array.buffer !== other.buffer) return false;
  if (sameMemory(array, other)) return true;
  refuseOverlap(name, array, otherName, other);
  return false;
}

/** Refuses an array to write to that overlaps another of the same buffer. */
function refuseOverlap(
  name: string,
  array: Float32Array,
  otherName: string,
  other: Float32Array,
): void {
  const start = array.byteOffset;
  const end = start + array.byteLength;
  const otherStart = other.byteOffset;
  const otherEnd = otherStart + other.byteLength;
  if (start < otherEnd && otherStart < end) {
    refuseValue(
      name,
      'memory of its own',
      `bytes ${start} to ${end} of a buffer of which ${otherName} holds ${otherStart} to ${otherEnd}`,
    );
  }
}
