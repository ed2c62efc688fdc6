import { readJpeg } from './jpeg.ts';
import { readPng } from './png.ts';
import { readWebp } from './webp.ts';

/** The formats that the service reads and writes. */
export type Format = 'PNG' | 'JPEG' | 'WebP';

/** What a file says of its picture. */
export interface Header {
  readonly format: Format;
  /** The size of what `decode` returns. */
  readonly width: number;
  readonly height: number;
  /** Whether it has a colour profile, which `decode` leaves aside. */
  readonly hasProfile: boolean;
}

const READERS = { PNG: readPng, JPEG: readJpeg, WebP: readWebp };

/** Tells a format by the first bytes of a file, whatever its name; null for all others. */
export function formatOf(bytes: Uint8Array): Format | null {
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'PNG';
  if (start.startsWith('\xff\xd8\xff')) return 'JPEG';
  if (start.startsWith('RIFF') && start.slice(8) === 'WEBP') return 'WebP';
  return null;
}

/**
 * Reads a file as far as it goes without decoding it.
 *
 * @throws Error that says in one line why it can't be decoded; Unsupported where that is its kind.
 */
export function readHeader(bytes: Uint8Array, format: Format): Header {
  const { width, height, hasProfile } = READERS[format](bytes);
  if (width === 0 || height === 0) throw new Error(`a size of ${width} x ${height}`);
  return { format, width, height, hasProfile };
}
