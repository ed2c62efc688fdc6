// PNG files made chunk by chunk, valid or not, in the layout of the specification.

import { crc32, deflateSync } from 'node:zlib';

/** The parts of a PNG of one row. */
export interface PngParts {
  readonly colourType: number;
  readonly depth: number;
  readonly width: number;
  /** The height that the header gives; the data has one row. */
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

/** Makes a PNG of chunks, and adds the last one, IEND. */
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

/** Returns a damaged PNG with right checksums, so that the damage is not found by them. */
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
