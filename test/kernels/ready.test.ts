import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

type Library = typeof import('../../src/index.ts');

const { Module, Instance } = WebAssembly;

/** A class of WebAssembly that makes nothing at once, as on the main thread of Chrome before 115. */
function refusing(original: typeof Module | typeof Instance, name: string): object {
  return class {
    constructor() {
      throw new RangeError(`WebAssembly.${name} is disallowed on the main thread`);
    }

    static [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof original;
    }
  };
}

/** Imports the library as a program does that begins. */
async function importLibrary(): Promise<Library> {
  vi.resetModules();
  return import('../../src/index.ts');
}

function use({ instanceNorm, Tensor }: Library): Float32Array {
  return instanceNorm(new Tensor(Float32Array.of(1, 3, 0, 4), [1, 2, 2]), { eps: 0 }).data;
}

const RESULT = Float32Array.of(-1, 1, -1, 1);

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('where a host makes nothing at once', () => {
  beforeEach(() => {
    vi.stubGlobal('WebAssembly', {
      Memory: WebAssembly.Memory,
      compile: WebAssembly.compile,
      instantiate: WebAssembly.instantiate,
      validate: WebAssembly.validate,
      Module: refusing(Module, 'Compile'),
      Instance: refusing(Instance, 'Instance'),
    });
  });

  test('the first use says that it needs ready', async () => {
    const library = await importLibrary();
    expect(() => use(library)).toThrow('`await ready()` first');
    expect(() => new library.Arena(64)).toThrow('`await ready()` first');
    await library.ready();
    expect(use(library)).toEqual(RESULT);
  });

  test('there are memories for the first call and seven arenas after it, and as many later', async () => {
    const library = await importLibrary();
    const { Arena, instanceNorm, ready } = library;
    await ready();
    expect(use(library)).toEqual(RESULT);
    for (let i = 0; i < 7; i++) {
      const arena = new Arena(2 ** (20 + (i % 3)));
      const x = arena.tensor({ data: Float32Array.of(1, 3, 0, 4), shape: [1, 2, 2] });
      expect(instanceNorm(x, { eps: 0, out: x }).data).toEqual(RESULT);
    }
    expect(() => new Arena(64)).toThrow('8 at a time: `await ready()` before you need more');
    await ready();
    expect(new Arena(64).capacity).toBe(64);
  });

  test('every module is ready in the scratch and in an arena', async () => {
    const { Arena, imageToTensor, instanceNormBackward, ready } = await importLibrary();
    await ready();
    const x = { data: Float32Array.of(1, 3, 0, 4), shape: [1, 2, 2] };
    const gradOutput = { data: Float32Array.of(1, 0, 0, 1), shape: [1, 2, 2] };
    const plain = instanceNormBackward(gradOutput, x).input;
    const arena = new Arena(4096);
    const out = arena.tensor([1, 2, 2]);
    expect(instanceNormBackward(gradOutput, arena.tensor(x), { out }).input.data).toEqual(
      plain.data,
    );
    const image = { data: Uint8ClampedArray.of(0, 51, 255, 255), width: 1, height: 1 };
    expect(imageToTensor(image).data).toEqual(Float32Array.of(0, 0.2, 1));
  });

  test('an arena that is too large takes no memory', async () => {
    const { Arena, ready } = await importLibrary();
    vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementationOnce(() => {
      throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory');
    });
    await ready();
    expect(() => new Arena(2 ** 31)).toThrow(RangeError);
    for (let i = 0; i < 8; i++) expect(new Arena(64).capacity).toBe(64);
  });
});

describe('elsewhere', () => {
  test('ready changes nothing', async () => {
    const library = await importLibrary();
    expect(await library.ready()).toBeUndefined();
    expect(use(library)).toEqual(RESULT);
    expect(Array.from({ length: 20 }, () => new library.Arena(64))).toHaveLength(20);
  });

  test('ready says what a host lacks', async () => {
    const { ready } = await importLibrary();
    vi.stubGlobal('WebAssembly', undefined);
    await expect(ready()).rejects.toThrow('wasm-norm: this host lacks WebAssembly');
  });
});
