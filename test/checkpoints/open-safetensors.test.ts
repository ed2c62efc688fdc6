import { openAsBlob } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  BatchNorm,
  type OpenSafetensors,
  openSafetensors,
  readSafetensors,
  type SliceableFile,
  Tensor,
  writeSafetensors,
} from '../../src/index.ts';
import { normals } from '../support/random.ts';
import { makeFile } from '../support/safetensors-files.ts';

const fixture = fileURLToPath(new URL('../fixtures/checkpoint.safetensors', import.meta.url));

/** Expects a promise to be rejected in the words of all refusals. */
async function expectRejected(
  promise: Promise<unknown>,
  kind: ErrorConstructor,
  label: string,
  got: string,
): Promise<void> {
  const error = await promise.then(
    () => expect.fail('expected a refusal'),
    (error: unknown) => error as Error,
  );
  expect(error).toBeInstanceOf(kind);
  expect(error.message.startsWith(`${label}: `), error.message).toBe(true);
  expect(error.message).toContain(got);
}

/** A file that notes which bytes were read. */
function watched(bytes: Uint8Array<ArrayBuffer>) {
  const reads: [start: number, end: number][] = [];
  const file: SliceableFile = {
    size: bytes.length,
    slice(start, end) {
      reads.push([start, end]);
      return { arrayBuffer: async () => bytes.slice(start, end).buffer };
    },
  };
  return { file, reads };
}

const tensors = {
  'a.weight': new Tensor(normals(6, 1), [2, 3]),
  'a.bias': new Tensor(normals(3, 2), [3]),
  half: new Tensor(Uint16Array.of(0x3c00, 0xc000), [2], { dtype: 'float16' }),
  count: new Tensor(BigInt64Array.of(2n ** 60n), []),
};
const bytes = writeSafetensors(tensors, { metadata: { format: 'pt' } });

async function readAll(file: OpenSafetensors): Promise<Record<string, unknown>> {
  const entries = file.keys().map(async (key) => [key, await file.read(key)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

describe('openSafetensors', () => {
  test('reads from Blob, File, fs.openAsBlob and anything alike what readSafetensors reads', async () => {
    const files = [new Blob([bytes]), new File([bytes], 'x.safetensors'), watched(bytes).file];
    for (const file of files) {
      const open = await openSafetensors(file);
      expect(open.metadata).toEqual({ format: 'pt' });
      expect(await readAll(open)).toEqual({ ...readSafetensors(bytes) });
      const kept = await openSafetensors(file, { dtypes: 'keep' });
      expect(await readAll(kept)).toEqual(tensors);
    }
    const open = await openSafetensors(await openAsBlob(fixture));
    const norm = new BatchNorm(3);
    norm.loadStateDict((await readAll(open)) as never, { prefix: 'encoder.norm1.' });
    expect(norm.numBatchesTracked).toBe(3);
  });

  test('reads the header, then no other bytes than those of the tensors asked for', async () => {
    const { file, reads } = watched(bytes);
    const open = await openSafetensors(file);
    const start = Number(new DataView(bytes.buffer).getBigUint64(0, true)) + 8;
    expect(reads).toEqual([
      [0, 40],
      [8, start],
    ]);
    reads.length = 0;
    expect(open.keys()).toEqual(['count', 'a.weight', 'a.bias', 'half']);
    expect(await open.info('half')).toEqual({ dtype: 'F16', shape: [2], byteLength: 4 });
    expect(reads).toEqual([]);
    expect(await open.read('a.bias')).toEqual(tensors['a.bias']);
    expect(reads).toEqual([[start + 8 + 24, start + 8 + 24 + 12]]);
  });

  test('reads from far beyond 4 GiB', async () => {
    const far = 6 * 2 ** 30;
    const header = {
      big: { dtype: 'U8', shape: [far], data_offsets: [0, far] },
      x: { dtype: 'F32', shape: [2], data_offsets: [far, far + 8] },
    };
    const head = makeFile(header);
    const file: SliceableFile = {
      size: head.length + far + 8,
      slice: (start, end) => ({
        async arrayBuffer() {
          if (end <= head.length) return head.slice(start, end).buffer;
          expect([start, end]).toEqual([head.length + far, head.length + far + 8]);
          return Float32Array.of(5, 6).buffer;
        },
      }),
    };
    const open = await openSafetensors(file);
    expect(await open.info('big')).toEqual({ dtype: 'U8', shape: [far], byteLength: far });
    expect(await open.read('x')).toEqual(new Tensor(Float32Array.of(5, 6), [2]));
  });

  test('lists tensors of all dtypes, and refuses to read those that no tensor can hold', async () => {
    const header = {
      s: { dtype: 'F8_E4M3', shape: [0], data_offsets: [4, 4] },
      v: { dtype: 'F32', shape: [], data_offsets: [0, 4] },
    };
    const open = await openSafetensors(new Blob([makeFile(header, [0, 0, 128, 63])]));
    expect(open.keys()).toEqual(['s', 'v']);
    expect(open.metadata).toEqual({});
    expect(await open.info('s')).toEqual({ dtype: 'F8_E4M3', shape: [0], byteLength: 0 });
    await expectRejected(open.read('s'), RangeError, 'safetensors "s"', '"F8_E4M3"');
    expect(await open.read('v')).toEqual(new Tensor(Float32Array.of(1), []));
  });

  test('refuses a key that is absent', async () => {
    const open = await openSafetensors(new Blob([bytes]));
    await expectRejected(open.read('a.wieght'), RangeError, 'key', 'did you mean "a.weight"?');
    await expectRejected(open.info('other'), RangeError, 'key', '"other"');
    await expectRejected(open.read(1 as never), TypeError, 'key', '1');
  });

  test.each<[string, unknown, unknown, ErrorConstructor, string, string]>([
    ['nothing', undefined, undefined, TypeError, 'file', 'undefined'],
    ['a path', 'model.safetensors', undefined, TypeError, 'file', '"model.safetensors"'],
    ['bytes', bytes, undefined, TypeError, 'file', 'a value of type Uint8Array'],
    [
      'an index without a function',
      { weight_map: {} },
      {},
      TypeError,
      'file',
      'a value of type Object',
    ],
    ['a broken size', { size: 0.5, slice() {} }, {}, RangeError, 'file.size', '0.5'],
    ['a dtype', new Blob([bytes]), { dtypes: 'F16' }, RangeError, 'dtypes', '"F16"'],
    ['an unknown option', new Blob([bytes]), { keys: [] }, TypeError, 'options', '"keys"'],
    [
      'a file for an index',
      new Blob([bytes]),
      () => null,
      TypeError,
      'index.weight_map',
      'undefined',
    ],
    ['text for an index', '{}', () => null, TypeError, 'index', '"{}"'],
    ['an empty file', new Blob([]), {}, RangeError, 'safetensors', 'an empty file'],
    [
      'HTML',
      new Blob(['<!doctype html><title>404</title>']),
      {},
      RangeError,
      'safetensors',
      'a file that begins like HTML',
    ],
    ['a file of 7 bytes', new Blob(['1234567']), {}, RangeError, 'safetensors', '7'],
  ])('refuses %s', async (_, file, second, kind, label, got) => {
    await expectRejected(
      openSafetensors(file as never, second as never),
      kind,
      label,
      `, got ${got}`,
    );
  });

  test('refuses a file that was cut off, with both numbers, before any tensor is read', async () => {
    const data = bytes.length - 8 - Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const cut = new Blob([bytes.subarray(0, bytes.length - 4)]);
    const message = `expected ${data} bytes of data, got ${data - 4}`;
    await expectRejected(openSafetensors(cut), RangeError, 'safetensors', message);
    // One that shrinks after it was opened.
    const { file } = watched(bytes);
    let lost = 0;
    const open = await openSafetensors({
      size: file.size,
      slice: (start, end) => file.slice(start, end - lost),
    });
    lost = 1;
    await expectRejected(open.read('half'), RangeError, 'safetensors', 'expected 4 bytes, got 3');
  });

  test('refuses a header beyond the 100 MB of the format without reading it', async () => {
    const reads: number[] = [];
    const file: SliceableFile = {
      size: 2 ** 40,
      slice(start, end) {
        reads.push(end - start);
        const buffer = new ArrayBuffer(end - start);
        new DataView(buffer).setBigUint64(0, 2n ** 33n, true);
        return { arrayBuffer: async () => buffer };
      },
    };
    const message = 'a header of at most 100000000 bytes, got 8589934592';
    await expectRejected(openSafetensors(file), RangeError, 'safetensors', message);
    expect(reads).toEqual([40]);
  });
});

// huggingface_hub#4725, sglang PR#32279: an index and its files that disagree.
describe('openSafetensors of an index', () => {
  const scalar = (value: number) => new Tensor(Float32Array.of(value), []);
  const files: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
    'model-1.safetensors': writeSafetensors({ a: scalar(1), x: scalar(2) }),
    'stray.safetensors': writeSafetensors({ a: scalar(9) }),
    'broken.safetensors': Uint8Array.of(1, 2, 3),
  };
  const index = {
    metadata: { total_size: 12 },
    weight_map: {
      a: 'model-1.safetensors',
      b: 'model-2.safetensors',
      c: 'model-1.safetensors',
      d: 'broken.safetensors',
    },
  };

  function opened(asked: string[] = []): Promise<OpenSafetensors> {
    return openSafetensors(index, (name) => {
      asked.push(name);
      const file = files[name];
      return file && new Blob([file]);
    });
  }

  test('lists what the index lists, and opens a file when a tensor of it is asked for', async () => {
    const asked: string[] = [];
    const model = await opened(asked);
    expect(model.metadata).toEqual({ total_size: 12 });
    expect(model.keys()).toEqual(['a', 'b', 'c', 'd']);
    expect(asked).toEqual([]);
    expect(await Promise.all([model.read('a'), model.read('a')])).toEqual([scalar(1), scalar(1)]);
    expect(await model.info('a')).toEqual({ dtype: 'F32', shape: [], byteLength: 4 });
    expect(asked).toEqual(['model-1.safetensors']);
    await expectRejected(model.read('x'), RangeError, 'key', '"x"');
  });

  test('names the tensor and the file that is absent, lacks it, or is broken', async () => {
    const model = await opened();
    const label = 'safetensors "b" in "model-2.safetensors"';
    await expectRejected(model.read('b'), RangeError, label, 'expected a file, got undefined');
    await expectRejected(model.info('b'), RangeError, label, 'expected a file, got undefined');
    const lacks = 'expected a tensor in "model-1.safetensors", as the index says, got none';
    await expectRejected(model.read('c'), RangeError, 'safetensors "c"', lacks);
    const broken = 'safetensors "d" in "broken.safetensors"';
    await expectRejected(model.read('d'), RangeError, broken, 'at least 8 bytes, got 3');
  });

  test('names the file that could not be opened, and tries again when asked again', async () => {
    let failures = 1;
    const model = await openSafetensors(index, async (name) => {
      if (failures-- > 0) throw new Error('ENOENT');
      return new Blob([files[name] as Uint8Array<ArrayBuffer>]);
    });
    const label = 'safetensors "a" in "model-1.safetensors"';
    await expectRejected(model.read('a'), Error, label, 'ENOENT');
    expect(await model.read('a')).toEqual(scalar(1));
  });

  test('keeps dtypes if asked to, and refuses a name of a file that is none', async () => {
    const half = new Tensor(Uint16Array.of(0x3c00), [1], { dtype: 'bfloat16' });
    const map = { weight_map: { h: 'h', n: 7 as never } };
    const fileOf = () => new Blob([writeSafetensors({ h: half })]);
    const model = await openSafetensors(map, fileOf, { dtypes: 'keep' });
    expect(await model.read('h')).toEqual(half);
    expect(model.metadata).toEqual({});
    await expectRejected(model.read('n'), TypeError, 'index.weight_map "n"', '7');
  });
});
