import { describe, expect, test } from 'vitest';
import type { GradientKernels } from '../../src/kernels/gradients.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { compileKernels, type Edit } from '../support/compile-kernels.ts';
import { instantiateSync } from './loader.ts';

const LINE = [1, 2, 3];
const PERIOD = 2;
const ROWS = 3;
// Two rounds of four vectors, a vector and three elements.
const LENGTH = 39;
const COUNT = ROWS * LENGTH;

/** Guarded kernels and their memory, with two tensors, two lines, and room around them. */
class GuardedMemory {
  readonly memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  readonly x = new Float32Array(this.memory.buffer, 1024, COUNT);
  readonly y = new Float32Array(this.memory.buffer, 8192, COUNT);
  readonly lines = new Float64Array(this.memory.buffer, 16384, 3 * PERIOD);
  readonly kernels: Kernels;

  constructor(module: Uint8Array<ArrayBuffer>) {
    const compiled = new WebAssembly.Module(module);
    const { instance } = instantiateSync(compiled, { env: { memory: this.memory } });
    this.kernels = instance.exports as unknown as Kernels;
    this.x.set(Array.from(this.x.keys()));
    this.lines.set([...LINE, ...LINE]);
  }

  applyRows(y: number = this.y.byteOffset): void {
    const { x, lines, kernels } = this;
    kernels.applyRows(y, x.byteOffset, lines.byteOffset, ROWS, LENGTH, PERIOD, 0);
  }
}

describe('guarded kernels', () => {
  test('compute as others do', async () => {
    const guarded = new GuardedMemory(await compileKernels('debug'));
    const expected = guarded.x.map((value) => (value - 1) * 2 + 3);
    guarded.applyRows();
    expect(guarded.y).toEqual(expected);
    guarded.applyRows(guarded.x.byteOffset);
    expect(guarded.x).toEqual(expected);
  });

  test('begin with outputs of NaN', async () => {
    const withoutTail = replace('assembly/rows/apply.ts', 'v128.store(yEnd - 16, last);', '');
    const guarded = new GuardedMemory(await compileKernels('debug', withoutTail));
    guarded.applyRows();
    const last = guarded.y.subarray(COUNT - (LENGTH % 4));
    expect(last.every(Number.isNaN)).toBe(true);
  });

  test('refuse outputs that overlap an input and are not exactly in its place', async () => {
    const guarded = new GuardedMemory(await compileKernels('debug'));
    expect(() => guarded.applyRows(guarded.x.byteOffset + 4)).toThrow(
      'applyRows was given y and x, which overlap',
    );
  });

  test('refuse arrays that extend past the memory', async () => {
    const guarded = new GuardedMemory(await compileKernels('debug'));
    expect(() => guarded.applyRows(65536 - 4)).toThrow(
      'applyRows was given y at 65532 to 66000 of 65536',
    );
  });

  test.each([
    [
      'a vector is read past the end',
      replace('assembly/rows/apply.ts', 'v128.load(end - 16)', 'v128.load(end - 12)'),
      'applyRows reads bytes 456 to 472 of x, which has 468',
    ],
    [
      'a vector is written past the end',
      replace(
        'assembly/rows/apply.ts',
        'v128.store(yEnd - 16, last)',
        'v128.store(yEnd - 12, last)',
      ),
      'applyRows writes bytes 456 to 472 of y, which has 468',
    ],
    [
      'a line too many is read',
      replace('assembly/rows/apply.ts', 'lines + period * LINE', 'lines + (period + 1) * LINE'),
      'applyRows reads bytes 52 to 56 of lines, which has 48',
    ],
    [
      'the element before the first is read',
      replace('assembly/rows/apply.ts', 'let line = lines;', 'let line = lines - 4;'),
      'applyRows reads bytes -4 to 4 of lines, which has 48',
    ],
    [
      'a loop never ends',
      replace('assembly/rows/apply.ts', 'x += 16, y += 16', 'x += 0, y += 0'),
      'applyRows finds no end',
    ],
    [
      'an input is written',
      replace(
        'assembly/rows/apply.ts',
        'v128.store(yEnd - 16, last)',
        'v128.store(end - 16, last)',
      ),
      'applyRows writes bytes 140 to 156 of x, which may only be read',
    ],
  ])('throw where %s', async (_, edit, message) => {
    const guarded = new GuardedMemory(await compileKernels('debug', edit));
    expect(() => guarded.applyRows()).toThrow(message);
  });
});

test('a kernel that another one calls may touch only what both were given', async () => {
  const call = 'addMoments(moments, x, count, rowLength';
  const edit = replace('assembly/fused/differentiate.ts', call, `${call} + 1`);
  const env = { memory: new WebAssembly.Memory({ initial: 1, maximum: 1 }) };
  const instantiate = (module: Uint8Array<ArrayBuffer>, kernels = {}) =>
    instantiateSync(new WebAssembly.Module(module), { env, kernels }).instance.exports;
  const kernels = instantiate(await compileKernels('debug'));
  const gradients = instantiate(await compileKernels('debug', edit, 'gradients'), kernels);
  const { differentiateRows } = gradients as unknown as GradientKernels;
  const differentiate = () =>
    differentiateRows(64, 128, 192, 256, 320, 384, 448, 512, 0, 1, 1, 5, 1, 0);
  expect(differentiate).toThrow(/^differentiateRows reads bytes \d+ to 24 of x, which has 20$/);
});

/** Replaces what a source file, given by its path, must contain. */
function replace(file: string, from: string, to: string): Edit {
  return (path, text) => {
    if (path !== file) return text;
    if (!text.includes(from)) throw new Error(`${path} does not contain: ${from}`);
    return text.replace(from, () => to);
  };
}
