// Arguments that are meant to break the library, or calls that come later.

import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { instanceNorm } from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { type Hostile, type Operation, operations } from '../support/operations.ts';
import { normals, uniforms } from '../support/random.ts';
import { sizeOf } from '../support/shapes.ts';

type Arrays = Record<string, Float32Array>;

/** Makes the arrays of a call, each in its own buffer. */
function makeArrays({ tensors, shape, arrays = {} }: Operation, make = plain): Arrays {
  const made: Arrays = {};
  tensors.forEach((name, i) => {
    made[name] = make(normals(sizeOf(shape), i));
  });
  Object.entries(arrays).forEach(([name, length], i) => {
    made[name] = make(uniforms(length, i, 0.5, 2));
  });
  return made;
}

function plain(values: Float32Array): Float32Array {
  return values.slice();
}

/** Copies values to a buffer that can shrink; the array then shrinks too. */
function resizable(values: Float32Array): Float32Array {
  const Resizable = ArrayBuffer as Hostile;
  const array = new Float32Array(
    new Resizable(values.byteLength, { maxByteLength: values.byteLength }),
  );
  array.set(values);
  return array;
}

function detach(array: Float32Array): void {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
}

function shrink(array: Float32Array): void {
  (array.buffer as Hostile).resize(array.byteLength - 4);
}

/** Runs an operation on arrays. `change` may replace an argument. */
function run(
  { tensors, shape, arrays = {}, wrapped, options = {}, run }: Operation,
  made: Arrays,
  change: (name: string, value: unknown) => unknown = (_, value) => value,
): readonly Float64Array[] {
  const tensorOf = (name: string) => change(name, { data: made[name], shape: [...shape] });
  const named: Record<string, unknown> = { ...options };
  for (const [name, length] of Object.entries(arrays)) {
    named[name] = wrapped ? { data: made[name], shape: [1, length] } : made[name];
  }
  if (tensors.includes('out')) named.out = tensorOf('out');
  const inputs = tensors.filter((name) => name !== 'out').map(tensorOf);
  // Copies, since the results may lie in `out`.
  return run(inputs, change('options', named)).map((values) => Float64Array.from(values));
}

function expectUnchanged(made: Arrays, before: Arrays, ...except: readonly string[]): void {
  for (const [name, array] of Object.entries(made)) {
    if (except.includes(name)) continue;
    expect(
      Buffer.from(array.buffer).equals(Buffer.from(before[name]?.buffer as ArrayBuffer)),
      name,
    ).toBe(true);
  }
}

/** Wraps an object or array, and those inside it, so that `told` is called before each read. */
function watched(value: unknown, told: () => void): unknown {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  const seen = new Map<PropertyKey, unknown>();
  return new Proxy(value, {
    get(target, key, receiver) {
      if (typeof key !== 'symbol') told();
      if (!seen.has(key)) seen.set(key, watched(Reflect.get(target, key, receiver), told));
      return seen.get(key);
    },
  });
}

/** Runs an operation and calls `at` with k before its k-th read of an argument. Returns the number of reads too. */
function runReading(operation: Operation, made: Arrays, at: (k: number) => void) {
  let reads = 0;
  const told = () => at(reads++);
  const results = run(operation, made, (_, value) => watched(value, told));
  return { results, reads };
}

const named = Object.entries(operations);

describe.each(named)('%s', (_, operation) => {
  const expected = run(operation, makeArrays(operation));
  const { reads } = runReading(operation, makeArrays(operation), () => {});
  const names = Object.keys(makeArrays(operation));

  test('reads each property of its arguments once', () => {
    const counts = new Map<string, number>();
    const counting = (value: unknown, path: string): unknown => {
      if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
      return new Proxy(value, {
        get(target, key, receiver) {
          const inner = `${path}.${String(key)}`;
          // An array's iterator reads its length before each element.
          const isLength = key === 'length' || typeof key === 'symbol';
          if (!isLength) counts.set(inner, (counts.get(inner) ?? 0) + 1);
          return counting(Reflect.get(target, key, receiver), inner);
        },
      });
    };
    run(operation, makeArrays(operation), (name, value) => counting(value, name));
    expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
    expect(counts.size).toBeGreaterThan(2);
  });

  test('writes nothing and works afterwards if an argument throws, whichever read throws', () => {
    for (let k = 0; k < reads; k++) {
      const made = makeArrays(operation);
      const thrown = new Error('thrown by a getter');
      const call = () =>
        runReading(operation, made, (read) => {
          if (read === k) throw thrown;
        });
      expect(call).toThrow(thrown);
      expectUnchanged(made, makeArrays(operation));
      expect(run(operation, made)).toEqual(expected);
    }
    expect(reads).toBeGreaterThan(2);
  });

  test('gives the same if getters of its arguments make other calls', () => {
    const other = { data: normals(70_000, 7, 5), shape: [1, 7, 10_000] };
    const otherResult = instanceNorm(other).data;
    for (let k = 0; k < reads; k += Math.ceil(reads / 4)) {
      const { results } = runReading(operation, makeArrays(operation), (read) => {
        if (read !== k && read !== reads - 1) return;
        expectSameBits(instanceNorm(other).data, otherResult);
        expect(run(operation, makeArrays(operation))).toEqual(expected);
      });
      expect(results).toEqual(expected);
    }
  });

  test.each([
    ['detached', plain, detach],
    ['shrunk', resizable, shrink],
  ])('refuses an array that was %s, whichever getter did so', (_, make, harm) => {
    for (const victim of names) {
      for (let k = 0; k < reads; k++) {
        const made = makeArrays(operation, make);
        const call = () =>
          runReading(operation, made, (read) => {
            if (read === k) harm(made[victim] as Float32Array);
          });
        expect(call, `${victim} at ${k}`).toThrow(/^\S+: expected .*, got /);
        expectUnchanged(made, makeArrays(operation, make), victim);
      }
    }
  });
});

const never = (): never => expect.fail('a method of an array was called');

/** A Float32Array whose methods must not be called. */
class Meddling extends Float32Array {
  static get [Symbol.species](): never {
    return never();
  }
  override set = never;
  override subarray = never;
  override slice = never;
  override fill = never;
  override [Symbol.iterator] = never;
}

const Foreign: typeof Float32Array = runInNewContext('Float32Array');

test.each(named)(
  '%s takes arrays of a subclass and of another realm, and calls none of their methods',
  (_, operation) => {
    const expected = run(operation, makeArrays(operation));
    for (const Kind of [Meddling, Foreign]) {
      const made = makeArrays(operation, (values) => {
        const array = new Kind(values.length);
        new Float32Array(array.buffer).set(values);
        return array;
      });
      expect(run(operation, made)).toEqual(expected);
    }
  },
);

const DATA: readonly [string, (length: number) => unknown][] = [
  ['nothing', () => undefined],
  ['null', () => null],
  ['numbers', (length) => new Array(length).fill(1)],
  ['float64', (length) => new Float64Array(length)],
  ['bytes', (length) => new Uint8Array(length)],
  ['a buffer', (length) => new ArrayBuffer(4 * length)],
  ['one element less', (length) => new Float32Array(length - 1)],
  ['one element more', (length) => new Float32Array(length + 1)],
  ['an object with the prototype of float32', () => Object.create(Float32Array.prototype)],
  ['a proxy of float32', (length) => new Proxy(new Float32Array(length), {})],
  [
    'float64 by the name of float32',
    (length) =>
      Object.defineProperty(new Float64Array(length), Symbol.toStringTag, {
        value: 'Float32Array',
      }),
  ],
  [
    'a detached array',
    (length) => {
      const array = new Float32Array(length);
      detach(array);
      return array;
    },
  ],
  [
    'a shrunk array',
    (length) => {
      const array = resizable(new Float32Array(length));
      shrink(array);
      return array;
    },
  ],
];

const SHAPES: readonly [string, (shape: readonly number[]) => unknown][] = [
  ['null', () => null],
  ['text', (shape) => shape.join()],
  ['a number', (shape) => sizeOf(shape)],
  ['float64', (shape) => Float64Array.from(shape)],
  ['an object with a length', (shape) => ({ ...shape, length: shape.length })],
  ['an iterator', (shape) => shape.values()],
  ['another size', (shape) => [7, ...shape.slice(1)]],
  ['negative sizes', (shape) => [-(shape[0] as number), -(shape[1] as number), ...shape.slice(2)]],
  ['fractions', (shape) => [0.5, 2 * sizeOf(shape), 1]],
  ['NaN', (shape) => [Number.NaN, ...shape]],
  ['infinity', (shape) => [Number.POSITIVE_INFINITY, ...shape]],
  ['words', (shape) => shape.map(String)],
  ['big integers', (shape) => shape.map(BigInt)],
  ['holes', (shape) => Object.assign(new Array(shape.length), { 0: shape[0] })],
  ['past 2^53', () => [2 ** 27, 2 ** 27]],
  ['past 2^53 on the way to 0 elements of data', () => [2 ** 40, 2 ** 40, 1]],
  ['nested arrays', (shape) => [shape]],
];

/** Expects a refusal that names an argument and leaves every array unchanged. */
function expectRefused(
  operation: Operation,
  name: string,
  change: (value: unknown) => unknown,
): void {
  const made = makeArrays(operation);
  let error: unknown;
  try {
    run(operation, made, (of, value) => (of === name ? change(value) : value));
  } catch (thrown) {
    error = thrown;
  }
  const label = name === 'options' ? '' : name;
  expect(error).toSatisfy((error) => error instanceof TypeError || error instanceof RangeError);
  expect((error as Error).message).toMatch(new RegExp(`^${label}[^ ]*: expected .*, got `));
  expectUnchanged(made, makeArrays(operation));
}

describe.each(named)('%s refuses', (_, operation) => {
  const { tensors, shape, arrays = {}, options = {} } = operation;
  const tensorChanges: [string, (value: Hostile) => unknown][] = [
    ...[undefined, null, 1, 'x', true, () => 0, Symbol('x'), 5n, [], {}, normals(24, 1)].map(
      (value): [string, () => unknown] => [`${typeof value} ${String(value)}`, () => value],
    ),
    ...DATA.map(([label, make]): [string, (value: Hostile) => unknown] => [
      `${label} for data`,
      (tensor) => ({ ...tensor, data: make(sizeOf(shape)) }),
    ]),
    ...SHAPES.map(([label, make]): [string, (value: Hostile) => unknown] => [
      `${label} for a shape`,
      (tensor) => ({ ...tensor, shape: make(shape) }),
    ]),
  ];

  test.each(tensors)('anything but a tensor of the right shape for %s', (name) => {
    for (const [label, change] of tensorChanges) {
      // Without `out` the result is a new tensor.
      if (name === 'out' && /^(undefined|object null)/.test(label)) continue;
      // An arena takes a list for a shape.
      if (name === 'source' && label === 'object ') continue;
      try {
        expectRefused(operation, name, change);
      } catch (error) {
        throw new Error(`${name}: ${label}`, { cause: error });
      }
    }
  });

  const changeOption = (name: string, value: unknown) => (all: Hostile) => ({
    ...all,
    [name]: value,
  });

  test.each(Object.keys(arrays))('anything but an array of the right length for %s', (name) => {
    const length = arrays[name] as number;
    for (const [label, make] of DATA) {
      const tensor = { data: make(length), shape: [length] };
      expectRefused(operation, 'options', changeOption(name, tensor));
      const isAbsent = label === 'nothing' || label === 'null';
      if (isAbsent && !(options.training === false && name.startsWith('running'))) continue;
      expectRefused(operation, 'options', changeOption(name, make(length)));
    }
    for (const [, makeShape] of SHAPES) {
      const tensor = { data: new Float32Array(length), shape: makeShape([length, 1]) };
      expectRefused(operation, 'options', changeOption(name, tensor));
    }
  });

  const WRONG: Readonly<Record<string, readonly unknown[]>> = {
    eps: [-1e-300, -1, Number.NaN, 1 / 0, '1e-5', null, 1n, true, {}, [1]],
    alpha: [-0.1, 1.1, Number.NaN, '1', null, 1n],
    momentum: [Number.NaN, 1 / 0, '0.1', null, 1n, {}],
    layout: ['NCHW', '', 'constructor', 1, null, ['nchw'], {}],
    unbiased: [0, 1, 'true', null, {}],
    correction: [2, -1, 0.5, Number.NaN, '1', null, true, 1n],
    epsMode: ['sd', '', 'constructor', 1, null, ['std'], {}],
    axes: [[3], [-4], [0.5], [2, 2], [1], [null], ['2'], [2n], 2, '2', {}, new Int32Array([2])],
    training: [0, 1, 'false', null],
    useInputStats: [0, 1, 'false', null],
    mask: [[1, 0], 'left', new Float32Array(6), new Uint8Array(5), [true]],
    lengths: [
      3,
      '32',
      [3],
      [3, 2, 1],
      [3, 4],
      [3, -1],
      [3, 0.5],
      [3, Number.NaN],
      ['3', '2'],
      [3n, 2n],
      {},
      [3, null],
      new Set([3, 2]),
    ],
    mean: [Number.NaN, '0', [0, 0], [0, 0, 0, 0], [0, 0, '0'], null, {}],
    std: [0, [1, 0, 1], Number.NaN, 1 / 0, '1', [1], null],
  };

  test.runIf(Object.keys(options).length > 0)('options of the wrong kind or value', () => {
    for (const name of Object.keys(options)) {
      for (const value of WRONG[name] ?? expect.fail(name)) {
        expectRefused(operation, 'options', changeOption(name, value));
      }
    }
  });

  test.runIf(tensors.includes('out') || Object.keys(options).length > 0)('unknown options', () => {
    for (const name of ['epsilon', 'Eps', 'gamma', 'outt', '0', '']) {
      expectRefused(operation, 'options', changeOption(name, undefined));
      expectRefused(operation, 'options', (all) =>
        Object.create({ [name]: 1 }, Object.getOwnPropertyDescriptors(all)),
      );
    }
    for (const value of [null, 1, 'nchw', true, [], () => 0, 5n]) {
      expectRefused(operation, 'options', () => value);
    }
  });
});

// The norms alone: only they return an empty result for an empty tensor.
const norms = named.filter(([, { tensors, shape }]) => tensors.includes('x') && shape.length === 3);

test.each(norms)(
  '%s takes enormous shapes without elements like any others, or refuses them',
  (_, { run, options = {} }) => {
    const data = new Float32Array(0);
    const shapes = [
      [0, 2 ** 50, 1],
      [2 ** 50, 0, 3],
      [0, 1, 2 ** 40],
      [0, 3, 2 ** 50],
      [3, 0, 2 ** 50],
      [0, 2 ** 50, 3],
      [0, 2 ** 50, 2 ** 50],
      [2 ** 31, 0, 2 ** 31],
      [0, 4, 3],
      [2, 4, 0],
    ];
    for (const shape of shapes) {
      for (const layout of ['nchw', 'nhwc']) {
        const own = 'layout' in options ? { layout } : {};
        const training = 'training' in options ? { training: true } : {};
        const tensor = { data, shape };
        try {
          const [result] = run([tensor, tensor], { ...own, ...training });
          expect(Array.from(result ?? []).every((value) => Object.is(value, 0))).toBe(true);
        } catch (error) {
          expect(error).toSatisfy(
            (error) => error instanceof TypeError || error instanceof RangeError,
          );
          expect((error as Error).message, `${shape} ${layout}`).toMatch(/^\S+: expected .*, got /);
        }
      }
    }
  },
);
