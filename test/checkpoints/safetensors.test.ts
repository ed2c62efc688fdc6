import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  BatchNorm,
  GroupNorm,
  InstanceNorm,
  type Layer,
  LayerNorm,
  readSafetensors,
  Tensor,
  writeSafetensors,
} from '../../src/index.ts';
import { expectClose, expectSameBits } from '../support/closeness.ts';
import { damagedCopies } from '../support/damaged-files.ts';
import { readFixture, toTensor, type Values } from '../support/fixtures.ts';
import { normals } from '../support/random.ts';
import { expectRefusal } from '../support/refusals.ts';
import { sizeOf } from '../support/shapes.ts';

const checkpoint = Uint8Array.from(
  readFileSync(new URL('../fixtures/checkpoint.safetensors', import.meta.url)),
);

/** Makes a file of a header and data. A header that is not text is written as JSON. */
function makeFile(header: unknown, data: ArrayLike<number> = []): Uint8Array<ArrayBuffer> {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const json = new TextEncoder().encode(text);
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

/** Makes a file of one tensor, x, of little-endian elements. */
function makeFileOf(dtype: string, elements: ArrayBufferView): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = elements;
  const shape = [(elements as unknown as ArrayLike<number>).length];
  const header = { x: { dtype, shape, data_offsets: [0, byteLength] } };
  return makeFile(header, new Uint8Array(buffer, byteOffset, byteLength));
}

/** Writes a file of one tensor, and returns the values that are read from it. */
function readElements(dtype: string, elements: ArrayBufferView): Float32Array {
  const { x, ...others } = readSafetensors(makeFileOf(dtype, elements));
  expect(others).toEqual({});
  return x?.data ?? expect.fail('no tensor x');
}

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe('readSafetensors', () => {
  test('reads F32 to the bit', () => {
    const values = Float32Array.of(1, -0, 0, infinity, -infinity, 1e-45, -3.4028234663852886e38);
    expectSameBits(readElements('F32', values), values);
    expect([...readElements('F32', Float32Array.of(nan))]).toEqual([nan]);
  });

  test('reads F64, rounded to the nearest float32', () => {
    const values = [0.1, -0, 1 + 2 ** -25, 1e39, -infinity, nan, 1e-45, 1e-300];
    expect([...readElements('F64', Float64Array.from(values))]).toEqual(values.map(Math.fround));
  });

  test.each([
    ['0', 0x0000, 0],
    ['-0', 0x8000, -0],
    ['1', 0x3c00, 1],
    ['-2', 0xc000, -2],
    ['a third', 0x3555, 0.333251953125],
    ['the largest', 0x7bff, 65504],
    ['the smallest normal', 0x0400, 2 ** -14],
    ['the largest subnormal', 0x03ff, 1023 * 2 ** -24],
    ['the smallest', 0x8001, -(2 ** -24)],
    ['infinity', 0x7c00, infinity],
    ['-infinity', 0xfc00, -infinity],
    ['NaN', 0x7e00, nan],
    ['a signalling NaN', 0xfc01, nan],
  ])('reads F16: %s', (_, bits, value) => {
    expect([...readElements('F16', Uint16Array.of(bits))]).toEqual([value]);
  });

  test.each([
    ['0', 0x0000, 0],
    ['-0', 0x8000, -0],
    ['1', 0x3f80, 1],
    ['-3.140625', 0xc049, -3.140625],
    ['the largest', 0x7f7f, 255 * 2 ** 120],
    ['the smallest normal', 0x0080, 2 ** -126],
    ['the smallest', 0x8001, -(2 ** -133)],
    ['infinity', 0x7f80, infinity],
    ['-infinity', 0xff80, -infinity],
    ['NaN', 0x7fc0, nan],
    ['NaN of the lowest bit', 0xff81, nan],
  ])('reads BF16: %s', (_, bits, value) => {
    expect([...readElements('BF16', Uint16Array.of(bits))]).toEqual([value]);
  });

  test('reads I64 as it is', () => {
    const values = [0n, -1n, 12345n, 2n ** 24n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
    const { x } = readSafetensors(makeFileOf('I64', BigInt64Array.from(values)));
    expect(x?.dtype).toBe('int64');
    expect(x?.data).toEqual(BigInt64Array.from(values));
  });

  test('reads every value of 16 bits, at any byte of the file', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const ofHalf = (half: number) => {
      const fraction = half & 1023;
      const exponent = (half >> 10) & 31;
      const sign = half & 0x8000 ? -1 : 1;
      if (exponent === 31) return fraction ? nan : sign * infinity;
      return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
    };
    const halves = Float32Array.from(bits, ofHalf);
    const upper = new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer);
    for (let offset = 0; offset < 3; offset++) {
      // A longer name moves the data by a byte.
      const name = 'x'.repeat(offset + 1);
      for (const [dtype, expected] of [
        ['F16', halves],
        ['BF16', upper],
      ] as const) {
        const entry = { dtype, shape: [65536], data_offsets: [0, 131072] };
        const file = makeFile({ [name]: entry }, new Uint8Array(bits.buffer));
        const { data } = readSafetensors(file)[name] as Tensor;
        expect(data.every((value, i) => Object.is(value, expected[i]))).toBe(true);
      }
    }
  });

  test('reads large tensors in 1.2 times the memory of the file and the result', () => {
    const script = `
      import { readSafetensors } from 'wasm-norm';
      const tensors = { BF16: 2, F16: 2, F64: 8, I64: 8, F32: 4 };
      const count = 8e6;
      const header = {};
      let end = 0;
      for (const [dtype, bytes] of Object.entries(tensors)) {
        header[dtype] = { dtype, shape: [count], data_offsets: [end, end += bytes * count] };
      }
      const json = new TextEncoder().encode(JSON.stringify(header));
      const before = process.memoryUsage.rss();
      const file = new Uint8Array(8 + json.length + end).fill(63);
      new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
      file.set(json, 8);
      let held = file.length;
      for (const { data } of Object.values(readSafetensors(file))) held += data.byteLength;
      console.log((process.resourceUsage().maxRSS * 1024 - before) / held);
    `;
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const options = ['--max-old-space-size=32', '--input-type=module', '--eval', script];
    const ratio = Number(execFileSync(process.execPath, options, { cwd: root, encoding: 'utf8' }));
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.2);
  });

  test('gives tensors by name, in any order of their data, with the shapes of the header', () => {
    const header = {
      __metadata__: { format: 'pt' },
      'b.weight': { dtype: 'F32', shape: [2, 1], data_offsets: [8, 16] },
      'a.count': { dtype: 'I64', shape: [], data_offsets: [0, 8] },
      nothing: { dtype: 'F16', shape: [3, 0], data_offsets: [16, 16] },
    };
    const data = [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64];
    expect({ ...readSafetensors(makeFile(header, data)) }).toEqual({
      'b.weight': new Tensor(Float32Array.of(1, 2), [2, 1]),
      'a.count': new Tensor(BigInt64Array.of(7n), []),
      nothing: new Tensor(new Float32Array(0), [3, 0]),
    });
  });

  test('reads a file without tensors, and a header that is padded with spaces', () => {
    expect({ ...readSafetensors(makeFile('{}')) }).toEqual({});
    expect({ ...readSafetensors(makeFile('{"__metadata__":{}}     ')) }).toEqual({});
    expect({ ...readSafetensors(makeFile('{"__metadata__":null}')) }).toEqual({});
  });

  test('reads from an ArrayBuffer, from shared memory, and from a view at any offset', () => {
    const values = normals(5, 1);
    const file = makeFileOf('F32', values);
    expectSameBits(readSafetensors(file.buffer).x?.data as Float32Array, values);
    const shared = new Uint8Array(new SharedArrayBuffer(file.length));
    shared.set(file);
    expectSameBits(readSafetensors(shared).x?.data as Float32Array, values);
    for (let offset = 1; offset <= 9; offset++) {
      const memory = new Uint8Array(file.length + offset + 3);
      memory.set(file, offset);
      const view = memory.subarray(offset, offset + file.length);
      expectSameBits(readSafetensors(view).x?.data as Float32Array, values);
    }
  });

  test('copies tensors, and gives no views of the file', () => {
    const file = makeFileOf('F32', Float32Array.of(1, 2));
    const { x } = readSafetensors(file);
    file.fill(0);
    expect([...(x as Tensor).data]).toEqual([1, 2]);
  });

  test('takes names of properties of Object.prototype like any others', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const entries = names.map((name, i) => {
      const entry = { dtype: 'F16', shape: [1], data_offsets: [2 * i, 2 * i + 2] };
      return `${JSON.stringify(name)}:${JSON.stringify(entry)}`;
    });
    const tensors = readSafetensors(makeFile(`{${entries}}`, [0, 60, 0, 64, 0, 68]));
    expect(Object.keys(tensors)).toEqual(names);
    expect(names.map((name) => tensors[name]?.data[0])).toEqual([1, 2, 4]);
    expect(({} as { data?: unknown }).data).toBe(undefined);
    const none = readSafetensors(makeFile('{}'));
    expect(names.map((name) => none[name])).toEqual([undefined, undefined, undefined]);
  });
});

describe('readSafetensors refuses', () => {
  const kinds: [string, unknown, string][] = [
    ['nothing', undefined, 'undefined'],
    ['a path', 'model.safetensors', '"model.safetensors"'],
    ['numbers', [1, 2], '[1, 2]'],
  ];
  test.each(kinds)('%s instead of bytes', (_, bytes, got) => {
    expectRefusal(() => readSafetensors(bytes as Uint8Array), TypeError, 'bytes', got);
  });

  const headers: [string, Uint8Array, string][] = [
    ['no bytes at all', new Uint8Array(0), 'an empty file'],
    ['a broken length', new Uint8Array(7), '7'],
    ['a header longer than the file', Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 123, 125), '3'],
    ['a header of 2^64 - 1 bytes', new Uint8Array(16).fill(255), '18446744073709551615'],
    ['an empty header', makeFile(''), 'something else'],
    ['a header that is not JSON', makeFile('{"x": }'), 'something else'],
    ['a header that is not UTF-8', makeFile('{}').fill(0xff, 8), 'something else'],
    ['a number as header', makeFile('7'), '7'],
    ['null as header', makeFile('null'), 'null'],
    ['an array as header', makeFile('[]'), '[]'],
    ['a deep array as header', makeFile('['.repeat(1e5) + ']'.repeat(1e5)), '[object]'],
    ['bytes that no tensor has', makeFile('{}', [1, 2, 3]), '3'],
  ];
  test.each(headers)('%s', (_, file, got) => {
    expectRefusal(() => readSafetensors(file), RangeError, 'safetensors', got);
  });

  const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
  test.each<[string, Uint8Array, string]>([
    ['a Git LFS pointer', bytesOf(pointer), 'a Git LFS pointer'],
    ['HTML', bytesOf('\n<!DOCTYPE html><html><title>404</title></html>'), 'HTML'],
    ['HTML without a doctype', bytesOf('<HTML><body>Not found</body>'), 'HTML'],
    ['XML', bytesOf('<?xml version="1.0"?><Error><Code>AccessDenied</Code>'), 'XML'],
    [
      'a zip archive',
      bytesOf('PK\x03\x04\0\0\b\b\0\0archive/data.pkl'),
      'a zip archive, as PyTorch',
    ],
    [
      'a pickle',
      bytesOf('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.'),
      'a pickle, as old versions of PyTorch',
    ],
    ['GGUF', bytesOf(`GGUF\x03\0\0\0${'\0'.repeat(16)}`), 'GGUF'],
    ['gzip', new Uint8Array(gzipSync(writeSafetensors({}))), 'gzip'],
    ['a NumPy array', bytesOf("\x93NUMPY\x01\0v\0{'descr': '<f4'"), 'a NumPy array'],
    ['HDF5', bytesOf('\x89HDF\r\n\x1a\n'), 'HDF5'],
    ['a file too short for a header', bytesOf('GGUF'), 'GGUF'],
  ])('%s by its name', (_, file, name) => {
    const got = `a file that begins like ${name}`;
    expectRefusal(() => readSafetensors(file), RangeError, 'safetensors', got);
  });

  const valid = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };

  test('no valid entry, of which those below are changes', () => {
    expect(readSafetensors(makeFile({ x: valid }, Array(8).fill(0))).x?.shape).toEqual([2]);
  });

  const entries: [string, unknown, string][] = [
    ['null for an entry', null, 'null'],
    ['text for an entry', 'F32', '"F32"'],
    ['an array for an entry', [1], '[1]'],
    ['no dtype', { ...valid, dtype: undefined }, 'undefined'],
    ['a dtype that is not read', { ...valid, dtype: 'F8_E4M3' }, '"F8_E4M3"'],
    ['a dtype of the prototype', { ...valid, dtype: 'constructor' }, '"constructor"'],
    ['no offsets', { ...valid, data_offsets: undefined }, 'undefined'],
    ['one offset', { ...valid, data_offsets: [8] }, '[8]'],
    ['three offsets', { ...valid, data_offsets: [0, 8, 8] }, '[0, 8, 8]'],
    ['offsets in words', { ...valid, data_offsets: ['0', '8'] }, '[string, string]'],
    ['a broken offset', { ...valid, data_offsets: [0.5, 8.5] }, '[0.5, 8.5]'],
    ['too few bytes', { ...valid, data_offsets: [0, 4] }, 'data_offsets [0, 4]'],
    ['too many bytes', { ...valid, shape: [1] }, 'data_offsets [0, 8]'],
    ['offsets that run backwards', { ...valid, data_offsets: [8, 0] }, 'data_offsets [8, 0]'],
    ['bytes of another dtype', { ...valid, dtype: 'F16' }, 'data_offsets [0, 8]'],
    ['a huge shape', { ...valid, shape: [2 ** 40] }, 'data_offsets [0, 8]'],
    [
      'data that begins before the data',
      { ...valid, data_offsets: [-8, 0] },
      'data_offsets [-8, 0]',
    ],
    ['data that begins late', { ...valid, data_offsets: [4, 12] }, 'data_offsets [4, 12]'],
  ];
  test.each(entries)('%s', (_, entry, got) => {
    const file = makeFile({ x: entry }, Array(8).fill(0));
    expectRefusal(() => readSafetensors(file), RangeError, 'safetensors "x"', got);
  });

  const shapes: [string, unknown, string][] = [
    ['no shape', undefined, 'undefined'],
    ['a number for a shape', 2, '2'],
    ['words in a shape', ['2'], '"2"'],
    ['null in a shape', [null], 'null'],
    ['a negative size', [-2], '-2'],
    ['a broken size', [0.5, 4], '0.5'],
    ['a shape past 2^53', [2 ** 30, 2 ** 30], '[1073741824, 1073741824]'],
    ['an infinite size', [1e308], '1e+308'],
  ];
  test.each(shapes)('%s', (_, shape, got) => {
    const file = makeFile({ x: { ...valid, shape } }, Array(8).fill(0));
    expectRefusal(() => readSafetensors(file), RangeError, 'safetensors "x" shape', got);
  });

  test.each(['dtype', 'shape', 'data_offsets'])(
    'a %s of a hundred thousand nested arrays',
    (field) => {
      const rest = JSON.stringify({ ...valid, [field]: undefined }).slice(1);
      const file = makeFile(`{"x":{"${field}":${'['.repeat(1e5)}${']'.repeat(1e5)},${rest}}`);
      expect(() => readSafetensors(file)).toThrow(
        /^safetensors "x".*: expected .*, got \[object\]/,
      );
    },
  );

  const twice = [
    '"x":1,"x":2',
    '"x" :{}, "\\u0078"\n: {}',
    '"y":{"x":[{"x":1}],"x":2}',
    '"__metadata__":{"x":"}\\"","x":""}',
  ];
  test.each(twice)('a name twice: {%s}', (members) => {
    const call = () => readSafetensors(makeFile(`{${members}}`));
    expectRefusal(call, RangeError, 'safetensors "x"', 'two');
  });

  test('no name that several objects have, nor one that is also a value', () => {
    const header = {
      __metadata__: { x: 'x', y: '"x":' },
      x: valid,
      y: { ...valid, data_offsets: [8, 16] },
    };
    expect(Object.keys(readSafetensors(makeFile(header, Array(16).fill(0))))).toEqual(['x', 'y']);
  });

  test.each<[string, unknown, string]>([
    ['a text', 'pt', '"pt"'],
    ['a list', ['pt'], '[string]'],
    ['a number by name', { epoch: 3 }, '3'],
    ['null by name', { epoch: null }, 'null'],
  ])('%s for metadata', (_, metadata, got) => {
    const file = makeFile({ __metadata__: metadata });
    expectRefusal(() => readSafetensors(file), RangeError, 'safetensors "__metadata__"', got);
  });

  test('bytes that were detached', () => {
    const file = makeFile({});
    structuredClone(file.buffer, { transfer: [file.buffer] });
    expect(() => readSafetensors(file)).toThrow(/^(bytes|safetensors): expected .*, got /);
  });

  test('a long shape, in a short message', () => {
    const file = makeFile({ x: { ...valid, shape: Array(1e5).fill(1) } });
    expect(() => readSafetensors(file)).toThrow(/^.{0,150}, got data_offsets \[0, 8\]$/);
  });

  test.each([
    ['overlap', [0, 8], [4, 12], 12],
    ['are the same bytes', [0, 8], [0, 8], 8],
    ['leave a gap', [0, 8], [12, 20], 20],
    ['leave a gap before the first', [8, 16], [16, 24], 24],
  ])('tensors that %s', (_, first, second, bytes) => {
    const header = {
      a: { ...valid, data_offsets: first },
      b: { ...valid, data_offsets: second },
    };
    const file = makeFile(header, Array(bytes).fill(0));
    expect(() => readSafetensors(file)).toThrow(
      /^safetensors "[ab]": expected data from byte \d+ to \d+ for \[2\], got data_offsets \[\d+, \d+\]$/,
    );
  });

  test.each([15, 17])('%i bytes of data for tensors of 16 bytes', (bytes) => {
    const header = { a: valid, b: { ...valid, data_offsets: [8, 16] } };
    const file = makeFile(header, Array(bytes).fill(0));
    expectRefusal(() => readSafetensors(file), RangeError, 'safetensors', `${bytes}`);
  });

  const small = writeSafetensors({
    weight: new Tensor(Float32Array.of(1, 2), [2]),
    num_batches_tracked: new Tensor(Float32Array.of(3), []),
  });

  test('a file that was cut off, at any byte', () => {
    for (let length = 0; length < small.length; length++) {
      const cut = small.subarray(0, length);
      expect(() => readSafetensors(cut), `${length} bytes`).toThrow(/^safetensors: expected /);
    }
  });

  const several = writeSafetensors({
    'norm.weight': new Tensor(normals(6, 6), [2, 3]),
    'norm.bias': new Tensor(normals(6, 7), [2, 3]),
    'norm.num_batches_tracked': new Tensor(Float32Array.of(3), []),
    empty: new Tensor(new Float32Array(0), [0, 5]),
  });

  function* flips(file: Uint8Array): Iterable<Uint8Array> {
    for (let bit = 0; bit < file.length * 8; bit++) {
      const flipped = file.slice();
      flipped[bit >> 3] = (file[bit >> 3] as number) ^ (1 << (bit & 7));
      yield flipped;
    }
  }

  test.each<[string, Iterable<Uint8Array>]>([
    ['of which a bit was flipped', flips(several)],
    ['of which bytes were changed, left out or doubled', damagedCopies(several, 5000, 8)],
    ['of PyTorch, damaged in the same ways', damagedCopies(checkpoint, 2000, 9)],
  ])('a file %s, or reads it whole', (_, files) => {
    let refused = 0;
    let read = 0;
    for (const file of files) {
      try {
        const tensors = readSafetensors(file);
        read++;
        let size = 0;
        for (const { data, shape } of Object.values(tensors)) {
          expect(data.length).toBe(sizeOf(shape));
          size += data.length;
        }
        // An element takes at least two bytes of the file.
        expect(2 * size).toBeLessThanOrEqual(file.length);
        expectSameTensors(rewritten(tensors), tensors);
      } catch (error) {
        refused++;
        expect(error, String(error)).toBeInstanceOf(RangeError);
        expect((error as Error).message).toMatch(/^safetensors.*: expected .*, got /s);
      }
    }
    expect(refused).toBeGreaterThan(100);
    expect(read).toBeGreaterThan(40);
  });

  /** Writes tensors and reads them again. Returns them as they are if damage has broken a count of batches. */
  function rewritten(tensors: Record<string, Tensor>): Record<string, Tensor> {
    try {
      return readSafetensors(writeSafetensors(tensors));
    } catch (error) {
      expect((error as Error).message).toMatch(/num_batches_tracked: expected whole numbers, got /);
      return tensors;
    }
  }

  function expectSameTensors(
    actual: Record<string, Tensor>,
    expected: Record<string, Tensor>,
  ): void {
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, { data }] of Object.entries(expected)) {
      // The payload of a NaN may change.
      expect([...(actual[name]?.data ?? [])]).toEqual([...data]);
    }
  }

  test('hostile headers of a megabyte in a short message, or reads them', () => {
    const entry = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}';
    const headers: readonly ((size: number) => string)[] = [
      (size) => '['.repeat(size),
      (size) => '{"x":'.repeat(size / 5),
      (size) => `{"x":${'['.repeat(size / 2)}${']'.repeat(size / 2)}}`,
      (size) => `{"${'\\\\'.repeat(size / 2)}":${entry}}`,
      (size) => `{"x":"${'\\"'.repeat(size / 2)}"}`,
      (size) => `{${Array.from({ length: size / 60 }, (_, i) => `"${i}":${entry}`)}}`,
      (size) => `{"x":1${',"x":1'.repeat(size / 6)}}`,
      (size) => `{"x":{"dtype":"F32","shape":[${'1,'.repeat(size / 2)}0],"data_offsets":[0,0]}}`,
      (size) => `{"__metadata__":{"x":"${' '.repeat(size)}"}}`,
    ];
    for (const header of headers) {
      try {
        readSafetensors(makeFile(header(1e6)));
      } catch (error) {
        expect((error as Error).message).toMatch(/^safetensors.*: expected .*, got .{0,200}$/);
      }
    }
  });
});

describe('writeSafetensors', () => {
  test('writes what readSafetensors reads, to the bit', () => {
    const special = Float32Array.of(nan, infinity, -infinity, -0, 1e-45, 3.4028234663852886e38);
    const tensors = {
      weight: new Tensor(normals(6, 2), [2, 3]),
      special: new Tensor(special, [6]),
      scalar: new Tensor(Float32Array.of(5), []),
      empty: new Tensor(new Float32Array(0), [0, 3]),
      'Größe "\n': new Tensor(normals(1, 3), [1]),
    };
    const read = readSafetensors(writeSafetensors(tensors));
    expect(Object.keys(read).sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, { shape, data }] of Object.entries(tensors)) {
      expect(read[name]?.shape).toEqual(shape);
      expectSameBits(read[name]?.data as Float32Array, data);
    }
  });

  test('writes int64 to the last digit', () => {
    const whole = BigInt64Array.of(0n, -1n, 2n ** 24n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 5n);
    const tensors = {
      positions: new Tensor(whole, [2, 3]),
      num_batches_tracked: new Tensor(BigInt64Array.of(2n ** 40n + 1n), []),
      'of ONNX': { data: BigInt64Array.of(7n), dims: [1] },
      weight: new Tensor(normals(3, 9), [3]),
    };
    expect({ ...readSafetensors(writeSafetensors(tensors)) }).toEqual({
      ...tensors,
      'of ONNX': new Tensor(BigInt64Array.of(7n), [1]),
    });
  });

  test('writes num_batches_tracked and int64 as I64, and everything else as F32', () => {
    const one = new Tensor(Float32Array.of(1), [1]);
    const file = writeSafetensors({
      'a.num_batches_tracked': one,
      num_batches_tracked: one,
      a_num_batches_tracked: one,
      weight: one,
      positions: new Tensor(BigInt64Array.of(1n), [1]),
    });
    const { num_batches_tracked, weight } = readSafetensors(file);
    expect(num_batches_tracked).toEqual(new Tensor(BigInt64Array.of(1n), [1]));
    expect(weight).toEqual(one);
    const length = new DataView(file.buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    const dtypes = Object.entries(header).map(([name, entry]) => [
      name,
      (entry as { dtype: string }).dtype,
    ]);
    expect(Object.fromEntries(dtypes)).toEqual({
      'a.num_batches_tracked': 'I64',
      num_batches_tracked: 'I64',
      a_num_batches_tracked: 'F32',
      weight: 'F32',
      positions: 'I64',
    });
  });

  test('aligns the data of each tensor to its elements', () => {
    for (let length = 1; length <= 9; length++) {
      const name = 'x'.repeat(length);
      const file = writeSafetensors({
        [name]: new Tensor(normals(3, 4), [3]),
        num_batches_tracked: new Tensor(Float32Array.of(1), []),
      });
      const header = new DataView(file.buffer).getUint32(0, true);
      expect(header % 8).toBe(0);
      const count = new BigInt64Array(file.buffer, 8 + header, 1);
      const values = new Float32Array(file.buffer, 16 + header, 3);
      expect(count[0]).toBe(1n);
      expectSameBits(values, normals(3, 4));
    }
  });

  test('takes anything shaped like a tensor, and no tensors at all', () => {
    const file = writeSafetensors({ x: { data: Float32Array.of(1, 2), dims: [1, 2] } });
    expect(readSafetensors(file).x).toEqual(new Tensor(Float32Array.of(1, 2), [1, 2]));
    expect({ ...readSafetensors(writeSafetensors({})) }).toEqual({});
  });

  test('writes a tensor named __proto__ like any other', () => {
    const source = Object.fromEntries([['__proto__', new Tensor(Float32Array.of(6), [1])]]);
    const read = Object.entries(readSafetensors(writeSafetensors(source)));
    expect(read).toEqual(Object.entries(source));
  });

  const refused: [string, unknown, ErrorConstructor, string, string][] = [
    ['nothing', undefined, TypeError, 'tensors', 'undefined'],
    ['null', null, TypeError, 'tensors', 'null'],
    ['bare data', { x: Float32Array.of(1) }, TypeError, 'x', 'a value of type Float32Array'],
    ['a layer for its state', new LayerNorm(2), TypeError, 'normalizedShape', '[2]'],
    ['too little data', { x: { data: normals(2, 5), shape: [3] } }, RangeError, 'x.data', '2'],
    [
      'the name that the format reserves',
      { __metadata__: new Tensor(Float32Array.of(1), [1]) },
      RangeError,
      'tensors',
      '"__metadata__"',
    ],
  ];
  test.each(refused)('refuses %s', (_, tensors, kind, argument, got) => {
    expectRefusal(() => writeSafetensors(tensors as never), kind, argument, got);
  });

  test.each([nan, infinity, 2 ** 63, 2.5])(
    'refuses %d batches, which no integer of 64 bits holds',
    (count) => {
      const tensors = { num_batches_tracked: new Tensor(Float32Array.of(count), []) };
      expectRefusal(() => writeSafetensors(tensors), RangeError, 'num_batches_tracked', `${count}`);
    },
  );
});

describe('a checkpoint made by PyTorch', () => {
  const { layers } = readFixture<{
    layers: readonly { prefix: string; input: Values; output: readonly number[] }[];
  }>('checkpoint');

  const makers: Readonly<Record<string, () => Layer>> = {
    'encoder.norm1.': () => new BatchNorm(3),
    'encoder.norm2.': () => new InstanceNorm(3, { affine: true, trackRunningStats: true }),
    'decoder.norm1.': () => new GroupNorm(2, 4),
    'decoder.norm2.': () => new LayerNorm([2, 5]),
  };

  function loadLayer(prefix: string): Layer {
    const layer = makers[prefix]?.() ?? expect.fail(`no layer for ${prefix}`);
    layer.loadStateDict(readSafetensors(checkpoint), { prefix });
    return layer.eval();
  }

  test.each(layers)("gives PyTorch's output when loaded: $prefix", ({ prefix, input, output }) => {
    const layer = loadLayer(prefix);
    const { weight, bias } = layer.stateDict();
    expectClose(layer.forward(toTensor(input)).data, output, {
      weight: weight?.data,
      bias: bias?.data,
    });
  });

  test('has a layer of each kind, and counts the batches that BatchNorm has seen', () => {
    expect(layers.map(({ prefix }) => prefix)).toEqual(Object.keys(makers));
    expect((loadLayer('encoder.norm1.') as BatchNorm).numBatchesTracked).toBe(3);
    expect((loadLayer('encoder.norm2.') as InstanceNorm).numBatchesTracked).toBe(0);
  });

  test('is the same after it was read and written', () => {
    const state = readSafetensors(checkpoint);
    expect(readSafetensors(writeSafetensors(state))).toEqual(state);
  });
});
