// PNG files made by hand, valid or not, as the specification lays them out.

import { crc32, deflateSync } from 'node:zlib';

/** What a PNG of one row is made of. */
export interface PngParts {
  readonly colourType: number;
  readonly depth: number;
  readonly width: number;
  /** What the header says; the data is one row. */
  readonly height?: number;
  readonly interlace?: number;
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
  readonly row: readonly number[];
}

/** Makes a PNG of one row. */
export function png(parts: PngParts): Buffer {
  const { palette, transparency, row } = parts;
  return pngOf(
    header(parts),
    ...(palette ? [chunk('PLTE', palette)] : []),
    ...(transparency ? [chunk('tRNS', transparency)] : []),
    chunk('IDAT', deflateSync(Buffer.of(0, ...row))),
  );
}

/** Makes a PNG of chunks, to which it adds the last. */
export function pngOf(...chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks, chunk('IEND', [])]);
}

export function header(parts: Omit<PngParts, 'row'>): Buffer {
  const { colourType, depth, width, height = 1, interlace = 0 } = parts;
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(width, 0);
  sizes.writeUInt32BE(height, 4);
  return chunk('IHDR', [...sizes, depth, colourType, 0, 0, interlace]);
}

/** Makes a chunk: length, type, data and checksum. */
export function chunk(type: string, data: Uint8Array | readonly number[]): Buffer {
  const body = Buffer.concat([Buffer.from(type), Buffer.from(data)]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** Returns a damaged PNG with the right checksums, so that its damage gets past them. */
export function withChecksums(file: Uint8Array): Buffer {
  const copy = Buffer.from(file);
  for (let at = 8; at + 12 <= copy.length; ) {
    const end = at + 12 + copy.readUInt32BE(at);
    if (end > copy.length) break;
    copy.writeUInt32BE(crc32(copy.subarray(at + 4, end - 4)), end - 4);
    at = end;
  }
  return copy;
}
