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
  type ReadSafetensorsOptions,
  readSafetensors,
  type SafetensorsDict,
  Tensor,
  writeSafetensors,
} from '../../src/index.ts';
import { expectClose, expectSameBits } from '../support/closeness.ts';
import { damagedCopies } from '../support/damaged-files.ts';
import { readFixture, toTensor, type Values } from '../support/fixtures.ts';
import { normals } from '../support/random.ts';
import { expectRefusal } from '../support/refusals.ts';
import { makeFile, makeFileOf } from '../support/safetensors-files.ts';
import { sizeOf } from '../support/shapes.ts';

const checkpoint = Uint8Array.from(
  readFileSync(new URL('../fixtures/checkpoint.safetensors', import.meta.url)),
);

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

describe('readSafetensors of files in the wild', () => {
  // What model files hold beside weights: of each dtype two elements, or the fewest that fill bytes.
  const sizes: Readonly<Record<string, readonly [shape: number[], bytes: number]>> = {
    BOOL: [[2], 2],
    U8: [[2], 2],
    I8: [[2], 2],
    F8_E4M3: [[2], 2],
    F8_E5M2: [[2], 2],
    F8_E8M0: [[2], 2],
    F8_E4M3FNUZ: [[2], 2],
    F8_E5M2FNUZ: [[2], 2],
    F4: [[2, 3], 3],
    F6_E2M3: [[4], 3],
    F6_E3M2: [[4], 3],
    U16: [[2], 4],
    I16: [[2], 4],
    U32: [[2], 8],
    I32: [[2], 8],
    U64: [[2], 16],
    C64: [[2], 16],
  };

  /** A file with a weight among tensors of a dtype that no tensor can hold. */
  function mixed(dtype: string, shape: readonly number[], bytes: number): Uint8Array {
    const header = {
      other: { dtype, shape, data_offsets: [0, bytes] },
      weight: { dtype: 'F32', shape: [1], data_offsets: [bytes, bytes + 4] },
    };
    return makeFile(header, [...Array(bytes).fill(7), 0, 0, 128, 63]);
  }

  const one = new Tensor(Float32Array.of(1), [1]);

  test.each(Object.entries(sizes))(
    'knows %s by its size, and refuses who asks for it',
    (dtype, [shape, bytes]) => {
      const file = mixed(dtype, shape, bytes);
      expect({ ...readSafetensors(file, { keys: ['weight'] }) }).toEqual({ weight: one });
      expect({ ...readSafetensors(file, { unknown: 'skip' }) }).toEqual({ weight: one });
      const refused = () => readSafetensors(file, { keys: (name) => name !== 'weight' });
      expectRefusal(refused, RangeError, 'safetensors "other"', `"${dtype}"`);
      expect(refused).toThrow("keys, or unknown: 'skip', leave others out");
      const wrong = mixed(dtype, [...shape, 2], bytes);
      const call = () => readSafetensors(wrong, { keys: ['weight'] });
      expectRefusal(call, RangeError, 'safetensors "other"', `data_offsets [0, ${bytes}]`);
    },
  );

  test('refuses elements that end within a byte', () => {
    const call = () => readSafetensors(mixed('F4', [3], 2), { keys: ['weight'] });
    expectRefusal(call, RangeError, 'safetensors "other"', 'data_offsets [0, 2]');
  });

  test('passes over a dtype that the format has got since', () => {
    const file = mixed('F2_E1M0', [100], 3);
    expect({ ...readSafetensors(file, { unknown: 'skip' }) }).toEqual({ weight: one });
    expectRefusal(() => readSafetensors(file), RangeError, 'safetensors "other"', '"F2_E1M0"');
  });

  const several = writeSafetensors({
    'a.weight': new Tensor(Float32Array.of(1, 2), [2]),
    'a.bias': new Tensor(Float32Array.of(3), [1]),
    'b.weight': new Tensor(Float32Array.of(4), []),
  });

  test('reads the keys that are named, or that a function chooses', () => {
    const named = (keys: ReadSafetensorsOptions['keys']) =>
      Object.keys(readSafetensors(several, { keys }));
    expect(named(['b.weight', 'a.bias'])).toEqual(['a.bias', 'b.weight']);
    expect(named([])).toEqual([]);
    expect(named((name) => name.startsWith('a.'))).toEqual(['a.weight', 'a.bias']);
    expect(named((name) => name.match(/weight/))).toEqual(['a.weight', 'b.weight']);
    expect(named(undefined)).toEqual(['a.weight', 'a.bias', 'b.weight']);
  });

  test.each<[string, object, ErrorConstructor, string, string]>([
    [
      'a key that is absent',
      { keys: ['a.wieght'] },
      RangeError,
      'keys',
      '"a.wieght"; did you mean "a.weight"?',
    ],
    ['a key that is far from all', { keys: ['encoder'] }, RangeError, 'keys', '"encoder"'],
    ['a number for a key', { keys: [1] }, TypeError, 'keys', '1'],
    ['a text for keys', { keys: 'a.weight' }, TypeError, 'keys', '"a.weight"'],
    ['a dtype', { dtypes: 'float16' }, RangeError, 'dtypes', '"float16"'],
    ['a boolean for unknown', { unknown: true }, TypeError, 'unknown', 'true'],
    ['an unknown option', { dtype: 'keep' }, TypeError, 'options', '"dtype"; did you mean dtypes?'],
  ])('refuses %s', (_, options, kind, argument, got) => {
    expectRefusal(() => readSafetensors(several, options as never), kind, argument, got);
  });

  test('keeps F16 and BF16 bit for bit if asked to, and still rounds F64', () => {
    const bits = Uint16Array.from({ length: 1000 }, (_, i) => 66 * i);
    for (const [dtype, kept] of [
      ['F16', 'float16'],
      ['BF16', 'bfloat16'],
    ] as const) {
      const { x } = readSafetensors(makeFileOf(dtype, bits), { dtypes: 'keep' });
      expect(x).toEqual(new Tensor(bits, [1000], { dtype: kept }));
    }
    const wide = readSafetensors(makeFileOf('F64', Float64Array.of(0.1, 1e39)), { dtypes: 'keep' });
    expect(wide.x).toEqual(new Tensor(Float32Array.of(0.1, infinity), [2]));
  });

  test('gives the metadata, which no loop meets', () => {
    const tensors = readSafetensors(makeFile({ __metadata__: { format: 'pt' } }));
    expect((tensors as SafetensorsDict).__metadata__).toEqual({ format: 'pt' });
    expect(Object.entries({ ...tensors })).toEqual([]);
    expect(JSON.stringify(tensors)).toBe('{}');
  });

  // safetensors#280, #442; mlx#3363: what converters write and readers refused.
  test('reads empty tensors and scalars beside others, and headers of any length', () => {
    const header = {
      s: { dtype: 'F8_E4M3', shape: [0], data_offsets: [8, 8] },
      w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      e: { dtype: 'F32', shape: [0, 3], data_offsets: [0, 0] },
      v: { dtype: 'F32', shape: [], data_offsets: [8, 12] },
    };
    const data = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
    for (const padding of ['', ' ', '\t', '  \t\n']) {
      const file = makeFile(JSON.stringify(header) + padding, data);
      expect({ ...readSafetensors(file, { unknown: 'skip' }) }).toEqual({
        w: new Tensor(Float32Array.of(1, 2), [2]),
        e: new Tensor(new Float32Array(0), [0, 3]),
        v: new Tensor(Float32Array.of(3), []),
      });
    }
    const file = makeFile(`${JSON.stringify(header)}\0\0`, data);
    expectRefusal(() => readSafetensors(file), RangeError, 'safetensors', 'NUL bytes at its end');
  });

  test('refuses a shape of more than the data, with both numbers', () => {
    const file = makeFile(
      { x: { dtype: 'F32', shape: [1000, 1000], data_offsets: [0, 4] } },
      [0, 0, 0, 0],
    );
    expect(() => readSafetensors(file)).toThrow(
      'safetensors "x": expected data from byte 0 to 4000000 for [1000, 1000], got data_offsets [0, 4]',
    );
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
    ['a dtype that is not read', { ...valid, dtype: 'I32' }, '"I32"'],
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
