import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, inject, test } from 'vitest';
import { imageMoments, Tensor, writeSafetensors } from '../../src/index.ts';
import { encodeJpeg, encodePng, encodeWebp } from '../support/codecs.ts';
import { exif, withSegment } from '../support/jpeg.ts';
import { chunk, header, pngOf } from '../support/png.ts';
import { expectRefused, send, sendForm, sendTensors } from './requests.ts';

const MiB = 2 ** 20;
const OCTETS = { 'content-type': 'application/octet-stream' };

const dot = await encodePng({ data: Uint8Array.of(1, 2, 3, 4), width: 1, height: 1 });
const gray = { data: new Uint8Array(4 * 64).fill(255), width: 8, height: 8 };
const jpeg = await encodeJpeg(gray, 90);
const data = Uint8Array.from({ length: 4 * 1024 }, (_, at) => (at * at) % 251);
const noisy = await encodeJpeg({ data, width: 32, height: 32 }, 90);
const x = new Tensor(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), [1, 2, 4]);
const two = new Tensor(Float32Array.of(1, 2), [2]);
const body = writeSafetensors({ x });

/** Sends a body piece by piece, without its length. */
function sendPieces(path: string, headers: Record<string, string>, pieces: number, length: number) {
  const piece = new Uint8Array(length);
  let left = pieces;
  const stream = new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(piece);
      else controller.close();
    },
  });
  const init = { method: 'POST', body: stream, headers, duplex: 'half' };
  return send(path, init as RequestInit);
}

describe('paths and methods', () => {
  test.each(['/nothing', '/restyle/', '/normalize/x', '//', '/__proto__', '/constructor'])(
    '%s is not found',
    async (path) => {
      await expectRefused(await send(path), 404, undefined, `got ${path}`);
      await expectRefused(await send(path, { method: 'POST' }), 404, undefined, `got ${path}`);
    },
  );

  test.each([
    ['/', 'POST', 'GET, HEAD, OPTIONS'],
    ['/', 'DELETE', 'GET, HEAD, OPTIONS'],
    ['/restyle', 'GET', 'POST, OPTIONS'],
    ['/restyle', 'PUT', 'POST, OPTIONS'],
    ['/normalize', 'GET', 'POST, OPTIONS'],
    ['/normalize', 'PATCH', 'POST, OPTIONS'],
  ])('%s does not take %s', async (path, method, allow) => {
    const response = await send(path, { method });
    expect(response.headers.get('allow')).toBe(allow);
    await expectRefused(response, 405, undefined, `got ${method}`);
  });

  test('OPTIONS lists the methods', async () => {
    const response = await send('/restyle', { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toBe('POST, OPTIONS');
  });

  test('HEAD has the head of GET', async () => {
    const response = await send('/', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe('');
    expect((await send('/restyle', { method: 'HEAD' })).status).toBe(405);
  });
});

describe('media types', () => {
  test.each([
    ['/normalize?op=instanceNorm', 'application/json', 'application/octet-stream'],
    ['/normalize?op=instanceNorm', 'application/octet-streams', 'application/octet-stream'],
    ['/restyle', 'application/x-www-form-urlencoded', 'multipart/form-data'],
    ['/restyle', 'image/png', 'multipart/form-data'],
  ])('%s does not take %s', async (path, type, expected) => {
    const headers = { 'content-type': type };
    const response = await send(path, { method: 'POST', body, headers });
    expect(response.headers.get('accept')).toBe(expected);
    await expectRefused(response, 415, 'content-type', `expected ${expected}, got ${type}`);
  });

  test('a path does not take a body without a type', async () => {
    const response = await send('/normalize?op=instanceNorm', { method: 'POST', body });
    await expectRefused(response, 415, 'content-type', 'got none');
  });

  test('a path does not take a compressed body', async () => {
    const headers = { ...OCTETS, 'content-encoding': 'gzip' };
    const init = { method: 'POST', body: new Uint8Array(gzipSync(body)), headers };
    const response = await send('/normalize?op=instanceNorm', init);
    await expectRefused(response, 415, 'content-encoding', 'got gzip');
  });

  test.each([
    ['a GIF', 'GIF89a'],
    ['a HEIC', '\0\0\0\x18ftypheic\0\0\0\0'],
    ['an AVIF', '\0\0\0\x1cftypavif\0\0\0\0'],
    ['a TIFF', 'II*\0'],
    ['an HTML page', '\n<!DOCTYPE html><title>Not found</title>'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\n'],
    ['an empty file', ''],
    ['something else', 'PNG'],
  ])('a field does not take %s', async (name, text) => {
    const file = new Uint8Array(Buffer.from(text, 'latin1'));
    const got = `expected a PNG, a JPEG or a WebP, got ${name}`;
    await expectRefused(await sendForm({ content: file, style: dot }), 415, 'content', got);
    await expectRefused(await sendForm({ content: dot, style: file }), 415, 'style', got);
  });

  test('a form does not answer in what Accept leaves out', async () => {
    const form = new FormData();
    for (const name of ['content', 'style']) form.append(name, new Blob([dot]));
    const headers = { accept: 'image/avif, text/*' };
    const response = await send('/restyle', { method: 'POST', body: form, headers });
    await expectRefused(response, 406, 'accept', 'expected one of image/png, image/jpeg');
  });
});

/** Returns a JPEG whose frame has another marker, or another byte at a place behind it. */
function withFrame(at: number, byte: number, file = jpeg): Uint8Array<ArrayBuffer> {
  const bytes = file.slice();
  const frame = Buffer.from(bytes).findIndex(
    (value, i) => value === 0xff && [0xc0, 0xc2].includes(bytes[i + 1] as number),
  );
  bytes[frame + at] = byte;
  return bytes;
}

describe('pictures of a kind that is not decoded are refused by its name', () => {
  test.each([
    ['12 bits', 4, 12, '12 bits a sample, instead of 8'],
    ['CMYK', 9, 4, '4 components (CMYK)'],
    ['arithmetic coding', 1, 0xc9, 'arithmetic coding'],
    ['progressive arithmetic coding', 1, 0xca, 'arithmetic coding'],
    ['lossless coding', 1, 0xc3, 'lossless or hierarchical coding'],
  ])('a JPEG of %s', async (_, at, byte, message) => {
    const file = withFrame(at, byte);
    const got = `a JPEG that can't be decoded: ${message}`;
    await expectRefused(await sendForm({ content: file, style: dot }), 415, 'content', got);
    await expectRefused(await sendForm({ content: dot, style: file }), 415, 'style', got);
  });

  test('an animated WebP', async () => {
    const extended = Buffer.from('VP8X\x0a\0\0\0\x02\0\0\0\x07\0\0\x07\0\0', 'latin1');
    const still = Buffer.from(await encodeWebp(gray, 80));
    const file = Buffer.concat([still.subarray(0, 12), extended, still.subarray(12)]);
    file.writeUInt32LE(file.length - 8, 4);
    const response = await sendForm({ content: new Uint8Array(file), style: dot });
    await expectRefused(response, 415, 'content', "WebP that can't be decoded: an animation");
  });
});

describe('damaged pictures are refused, where a decoder would make up the rest', () => {
  test.each([
    ['without its end', () => jpeg.slice(0, -2), 'before its end-of-image marker'],
    ['cut in half', () => jpeg.slice(0, jpeg.length / 2), /it ends/],
    ['whose data are cut', () => cutData(20), 'premature end of data segment'],
    ['without size', () => withFrame(6, 0), 'a size of 8 x 0'],
    ['of two components', () => withFrame(9, 2), '2 components, instead of 1 or 3'],
  ])('a JPEG %s', async (_, make, message) => {
    const response = await sendForm({ content: make(), style: dot });
    await expectRefused(response, 400, 'content', message);
  });

  test('a WebP that is cut', async () => {
    const file = (await encodeWebp(gray, 80)).slice(0, -4);
    const response = await sendForm({ content: file, style: dot });
    await expectRefused(response, 400, 'content', 'it ends before its last chunk');
  });

  test('a WebP whose data are damaged', async () => {
    const file = await encodeWebp(gray, 80);
    file.fill(255, 30);
    const response = await sendForm({ content: file, style: dot });
    await expectRefused(response, 400, 'content', 'damaged data');
  });
});

/** Leaves out bytes of the JPEG's data just before its end. */
function cutData(count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat([noisy.subarray(0, -2 - count), noisy.subarray(-2)]));
}

describe('sizes', () => {
  test('a body whose given length is too long is refused before it is sent', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { ...OCTETS, 'content-length': 4 * MiB + 1 };
      const url = `${inject('url')}/normalize?op=instanceNorm`;
      const sent = request(url, { method: 'POST', headers }, ({ statusCode }) => {
        resolve(statusCode);
        sent.destroy();
      });
      sent.on('error', reject);
      sent.flushHeaders();
    });
    expect(status).toBe(413);
  });

  test('a body that breaks off is refused', async () => {
    const { hostname, port } = new URL(inject('url'));
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const head = 'POST /normalize?op=instanceNorm HTTP/1.1\r\nhost: edge\r\n';
    const headers = 'content-type: application/octet-stream\r\ncontent-length: 100\r\n\r\n';
    socket.end(`${head}${headers}part`);
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"error":"body: expected all of it, got a part"');
  });

  test('a body with a short given length that is too long in its chunks is refused', async () => {
    const { hostname, port } = new URL(inject('url'));
    const socket = connect({ host: hostname, port: Number(port) });
    const head = 'POST /normalize?op=instanceNorm HTTP/1.1\r\nhost: edge\r\nconnection: close\r\n';
    const type = 'content-type: application/octet-stream\r\n';
    socket.write(`${head}${type}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`);
    socket.write(`${(4 * MiB + 1).toString(16)}\r\n`);
    socket.write(new Uint8Array(4 * MiB + 1));
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
  });

  test('a body without a given length is refused when it is too long', async () => {
    const path = '/normalize?op=instanceNorm';
    const response = await sendPieces(path, OCTETS, 65, MiB / 16);
    await expectRefused(response, 413, 'body', `at most ${4 * MiB} bytes`);
    const type = { 'content-type': 'multipart/form-data; boundary=b' };
    const form = await sendPieces('/restyle', type, 129, MiB / 16);
    await expectRefused(form, 413, 'body', `at most ${8 * MiB} bytes`);
  });

  test('a body without a given length is read when it is short enough', async () => {
    const path = '/normalize?op=instanceNorm';
    const response = await sendPieces(path, OCTETS, 64, MiB / 16);
    // The refusal is that of a safetensors header of no bytes, since all bytes of the body are 0.
    await expectRefused(response, 400, 'body', 'safetensors: expected a header in JSON');
  });

  test.each([
    ['vast', 0xffffffff, 0xffffffff],
    ['a pixel too wide', 2 ** 20 + 1, 1],
    ['a line too high', 1024, 1025],
    ['as a phone takes it', 4032, 3024],
  ])('a picture that is %s is refused by its header', async (_, width, height) => {
    const size = { colourType: 6, depth: 8, width, height };
    const large = new Uint8Array(pngOf(header(size), chunk('IDAT', deflateSync(Buffer.alloc(9)))));
    const got = `at most 1048576 pixels, got ${width} x ${height}; a worker has 128 MB`;
    await expectRefused(await sendForm({ content: large, style: dot }), 413, 'content', got);
    await expectRefused(await sendForm({ content: dot, style: large }), 413, 'style', got);
  });

  test('so are a JPEG and a WebP, as they are when upright', async () => {
    const got = 'at most 1048576 pixels, got';
    // A height of 65312 lines, which are columns when it stands.
    const photo = withSegment(withFrame(5, 0xff, noisy), exif(6));
    await expectRefused(
      await sendForm({ content: photo, style: dot }),
      413,
      'content',
      `${got} 65312 x 32`,
    );
    const webp = await encodeWebp(gray, 80);
    webp.set([0xff, 0x3f, 0xff, 0x3f], 26);
    await expectRefused(
      await sendForm({ content: webp, style: dot }),
      413,
      'content',
      `${got} 16383 x 16383`,
    );
  });

  test('groups whose statistics would take too much memory are refused', async () => {
    const wide = new Tensor(new Float32Array(2 ** 17), [1, 1, 2 ** 17]);
    const query = 'op=groupNorm&layout=nhwc&numGroups=1';
    const response = await sendTensors(query, writeSafetensors({ x: wide }));
    await expectRefused(response, 413, 'x', 'groups of at most 65536 channels, got 131072');
  });
});

const OKLAB = JSON.stringify(imageMoments(gray, { space: 'oklab' }));

describe('forms', () => {
  const post = (body: BodyInit, type: string) =>
    send('/restyle', { method: 'POST', body, headers: { 'content-type': type } });

  test.each<[string, string, string]>([
    ['without boundary', 'multipart/form-data', '--b--'],
    ['with an empty boundary', 'multipart/form-data; boundary=', '--b--'],
    ['with another boundary', 'multipart/form-data; boundary=c', '--b\r\n\r\n--b--'],
    ['that is empty', 'multipart/form-data; boundary=b', ''],
    [
      'without end',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="content"\r\n\r\nx',
    ],
    ['whose part has no header', 'multipart/form-data; boundary=b', '--b\r\n\r\nx\r\n--b--'],
    [
      'whose part has no name',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b--',
    ],
  ])('%s', async (_, type, text) => {
    await expectRefused(await post(text, type), 400, 'body', 'expected a form');
  });

  test.each<[string, Parameters<typeof sendForm>[0], string, string]>([
    ['no content', { style: dot }, 'content', 'expected a file, got none'],
    ['no style', { content: dot }, 'style', 'expected a file, got none'],
    ['text for content', { content: 'a.png', style: dot }, 'content', 'a file, got text'],
    ['text for style', { content: dot, style: 'a.png' }, 'style', 'moments as JSON: no JSON'],
    ['other JSON', { content: dot, style: '{"mean": 1}' }, 'style', 'or moments as JSON: '],
    ['two spaces', { content: dot, style: OKLAB, space: 'rgb' }, 'style', "got 'oklab'"],
    ['an unknown format', { content: dot, style: dot, format: 'gif' }, 'format', 'got "gif"'],
    ['two contents', { content: [dot, dot], style: dot }, 'content', 'one field, got 2'],
    ['an unknown field', { content: dot, style: dot, stength: '1' }, 'stength', 'no other field'],
    ['__proto__', { content: dot, style: dot, ['__proto__']: '1' }, '__proto__', 'no other field'],
    ['a file for strength', { content: dot, style: dot, strength: dot }, 'strength', 'got a file'],
    ['no number', { content: dot, style: dot, strength: '' }, 'strength', 'a number, got ""'],
    ['a word', { content: dot, style: dot, strength: 'half' }, 'strength', 'a number, got "half"'],
    ['NaN', { content: dot, style: dot, strength: 'NaN' }, 'strength', 'a number, got "NaN"'],
    ['too much', { content: dot, style: dot, strength: '1.5' }, 'strength', 'got 1.5'],
    ['too little', { content: dot, style: dot, strength: '-0.1' }, 'strength', 'got -0.1'],
    ['two strengths', { content: dot, style: dot, strength: ['0', '1'] }, 'strength', 'got 2'],
    ['an unknown space', { content: dot, style: dot, space: 'hsl' }, 'space', 'got "hsl"'],
    ['a long name', { ['n'.repeat(5000)]: '' }, `${'n'.repeat(300)}…`, 'expected no other'],
  ])('with %s', async (_, fields, field, message) => {
    const response = await sendForm(fields);
    if (field.length < 300) await expectRefused(response, 400, field, message);
    else await expectRefused(response, 400, field, /^n{300}…$/);
  });
});

describe('queries', () => {
  test.each([
    ['', 'op', 'got none'],
    ['op=', 'op', 'expected one of instanceNorm'],
    ['op=instancenorm', 'op', 'got instancenorm'],
    ['op=__proto__', 'op', 'got __proto__'],
    ['op=instanceNorm&op=batchNorm', 'op', 'got instanceNorm, batchNorm'],
    ['op=instanceNorm&epsilon=1', 'epsilon', 'one of eps'],
    ['op=instanceNorm&toString=1', 'toString', 'one of eps'],
    ['op=instanceNorm&out=1', 'out', 'one of eps'],
    ['op=instanceNorm&eps=1&eps=2', 'eps', 'expected one value'],
    ['op=instanceNorm&eps=', 'eps', 'expected a number, got ""'],
    ['op=instanceNorm&eps=1e', 'eps', 'expected a number, got "1e"'],
    ['op=instanceNorm&eps=-1', 'eps', 'got -1'],
    ['op=instanceNorm&eps=Infinity', 'eps', 'got Infinity'],
    ['op=instanceNorm&layout=NCHW', 'layout', 'got "NCHW"'],
    ['op=instanceNorm&unbiased=1', 'unbiased', 'true or false, got "1"'],
    ['op=instanceNorm&useInputStats=false', 'runningMean', 'got null'],
    ['op=instanceNorm&lengths=1,,2', 'lengths', 'numbers with commas'],
    ['op=instanceNorm&lengths=9', 'lengths', 'got 9'],
    ['op=instanceNorm&lengths=2,2', 'lengths', 'got 2'],
    ['op=batchNorm', 'runningMean', 'got null'],
    ['op=layerNorm', 'normalizedShape', 'got undefined'],
    ['op=layerNorm&normalizedShape=5', 'x', 'expected shape [*, 5], got [1, 2, 4]'],
    ['op=layerNorm&normalizedShape=4.5', 'normalizedShape', 'got 4.5'],
    ['op=groupNorm', 'numGroups', 'got undefined'],
    ['op=groupNorm&numGroups=3', 'x', 'that 3 groups divide, got 2'],
    ['op=groupNorm&numGroups=0&layout=nhwc', 'numGroups', '0'],
    ['op=rmsNorm&normalizedShape=4&bias=1', 'bias', 'one of normalizedShape'],
  ])('%s', async (query, field, message) => {
    await expectRefused(await sendTensors(query, body), 400, field, message);
  });
});

describe('tensors', () => {
  const of = (entry: object, data = 32) => {
    const json = Buffer.from(JSON.stringify(entry));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    return new Uint8Array(Buffer.concat([length, json, Buffer.alloc(data)]));
  };
  const entry = { dtype: 'F32', shape: [1, 2, 4], data_offsets: [0, 32] };

  test.each<[string, Uint8Array<ArrayBuffer>, string, string]>([
    ['nothing', new Uint8Array(0), 'body', 'at least 8 bytes, got an empty file'],
    ['a header longer than the file', body.slice(0, 20), 'body', 'a header of at most 12 bytes'],
    ['no JSON', new Uint8Array(16).fill(8, 0, 1), 'body', 'a header in JSON'],
    ['data that are cut', body.slice(0, -1), 'body', 'expected 32 bytes of data, got 31'],
    ['data too long', of({ x: entry }, 33), 'body', 'expected 32 bytes of data, got 33'],
    [
      'an unknown dtype',
      of({ x: { ...entry, dtype: 'C64', shape: [1, 2, 2] } }),
      'body',
      'got "C64"',
    ],
    ['a vast shape', of({ x: { ...entry, shape: [2 ** 40, 2 ** 40] } }), 'body', '2^53'],
    [
      'overlaps',
      of({ x: entry, weight: entry }),
      'body',
      'expected data from byte 32 to 64 for [1, 2, 4], got data_offsets [0, 32]',
    ],
    ['no x', of({}, 0), 'x', 'expected a tensor'],
    ['a tensor of another name', of({ y: entry }), 'y', 'no other tensor than x, weight'],
    [
      '__proto__',
      of(JSON.parse(JSON.stringify({ p: entry }).replace('p', '__proto__'))),
      '__proto__',
      'no other tensor',
    ],
    ['x without channels', writeSafetensors({ x: two }), 'x', 'at least 2 dimensions'],
    [
      'a weight too short',
      writeSafetensors({ x, weight: new Tensor(new Float32Array(1), [1]) }),
      'weight',
      'got 1',
    ],
    [
      'one running statistic',
      writeSafetensors({ x, runningVar: new Tensor(new Float32Array(3), [3]) }),
      'runningVar',
      'got 3',
    ],
  ])('%s', async (_, file, field, message) => {
    await expectRefused(await sendTensors('op=instanceNorm', file), 400, field, message);
  });

  test('a tensor that an operation does not use', async () => {
    const file = writeSafetensors({ x, bias: two });
    const response = await sendTensors('op=rmsNorm&normalizedShape=4', file);
    await expectRefused(response, 400, 'bias', 'no other tensor than x, weight');
  });
});
