import { concatenate } from './bytes.ts';
import { HttpRefusal } from './http-refusal.ts';

/**
 * Checks what a request says of its body.
 *
 * @throws HttpRefusal where it is of another media type, or compressed.
 */
export function checkMediaType(request: Request, expected: string): void {
  const type = request.headers.get('content-type') ?? 'none';
  if (type.split(';', 1)[0]?.trim().toLowerCase() !== expected) {
    throw new HttpRefusal(415, `content-type: expected ${expected}, got ${type}`, {
      field: 'content-type',
      headers: { accept: expected },
    });
  }
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new HttpRefusal(415, `content-encoding: expected none, got ${encoding}`, {
      field: 'content-encoding',
      headers: { 'accept-encoding': 'identity' },
    });
  }
}

// Left to itself the platform hands out pieces of 4 KB, which takes twice the time.
const PIECE_BYTES = 2 ** 16;

/**
 * Reads a body to its end, or as far as it is allowed to go.
 *
 * @param maxBytes how far that is
 * @throws HttpRefusal where it is too long, whether it says so or not, or breaks off.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  checkLength(Number(request.headers.get('content-length')), maxBytes);
  const parts: Uint8Array[] = [];
  if (request.body === null) return concatenate(parts);
  const reader = request.body.getReader({ mode: 'byob' });
  let length = 0;
  for (let piece = new Uint8Array(PIECE_BYTES); ; ) {
    const { done, value } = await read(reader, piece);
    if (done) return concatenate(parts);
    length += value.length;
    checkLength(length, maxBytes);
    // A copy, since a piece may hold one byte and takes the room of all.
    parts.push(value.slice());
    piece = new Uint8Array(value.buffer);
  }
}

function read(reader: ReadableStreamBYOBReader, piece: Uint8Array<ArrayBuffer>) {
  return reader.read(piece).catch(() => {
    throw new HttpRefusal(400, 'body: expected all of it, got a part', { field: 'body' });
  });
}

function checkLength(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new HttpRefusal(413, `body: expected at most ${maxBytes} bytes, got more`, {
    field: 'body',
  });
}
