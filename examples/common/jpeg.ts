// JPEG as ITU-T T.81 lays it out, annex B, read so far that the decoder is given
// nothing it could be overwhelmed with.

import jpeg from 'jpeg-js';
import type { Image } from 'wasm-norm';
import { concatenate } from './bytes.ts';

/** What a JPEG says of itself, and what of it makes the picture. */
export interface Jpeg {
  readonly width: number;
  readonly height: number;
  /** The same JPEG without what doesn't change its pixels. */
  readonly essence: Uint8Array<ArrayBuffer>;
}

interface Segment {
  readonly marker: number;
  /** Marker, length and data. */
  readonly whole: Uint8Array;
}

const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const QUANTIZATION = 0xdb;
const ADOBE = 0xee;
const COMMENT = 0xfe;
const FILL = 0xff;
// Baseline, extended and progressive; the decoder knows no others.
const FRAMES = [0xc0, 0xc1, 0xc2];

// A progressive picture has about ten; each makes the decoder visit every block.
const MAX_SCANS = 64;
const MAX_COMPONENTS = 4;

// Blocks of 256 bytes for 64 samples, the samples and the result: 31 bytes a pixel
// of three full channels, and their padding to whole blocks.
const BYTES_A_PIXEL = 41;
const PADDING = 2 ** 24;

/**
 * Reads the segments of a JPEG without decoding any.
 *
 * @throws Error where it is none that the decoder can decode.
 */
export function readJpeg(bytes: Uint8Array): Jpeg {
  const segments = segmentsOf(bytes).filter(({ marker }) => !isMetadata(marker));
  const frames: Uint8Array[] = [];
  let scans = 0;
  for (const { marker, whole } of segments) {
    if (marker === QUANTIZATION) {
      checkTables(whole);
      continue;
    }
    // Byte by byte, since the decoder passes over lengths that lie.
    for (let at = 0; at + 1 < whole.length; at++) {
      if (whole[at] !== 0xff) continue;
      const found = whole[at + 1] as number;
      if (FRAMES.includes(found)) frames.push(whole.subarray(at));
      if (found !== START_OF_SCAN) continue;
      scans++;
      checkComponents(whole[at + 4]);
    }
  }
  if (scans > MAX_SCANS) throw new Error(`${scans} scans, of at most ${MAX_SCANS}`);
  const [frame] = frames;
  if (frame === undefined || frames.length > 1 || frame.length < 10) {
    throw new Error(`${frames.length} frames of a known kind, instead of 1`);
  }
  checkComponents(frame[9]);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  return {
    width: view.getUint16(7),
    height: view.getUint16(5),
    essence: concatenate(segments.map(({ whole }) => whole)),
  };
}

/**
 * Decodes a JPEG to RGBA bytes.
 *
 * @throws Error where it is damaged, or larger than `maxPixels`.
 */
export function decodeJpeg({ essence }: Jpeg, maxPixels: number): Image {
  const { data, width, height } = jpeg.decode(essence, {
    useTArray: true,
    // By default a truncated picture comes back gray where it ends.
    tolerantDecoding: false,
    maxResolutionInMP: maxPixels / 1e6,
    maxMemoryUsageInMB: (maxPixels * BYTES_A_PIXEL + PADDING) / 2 ** 20,
  });
  return { data: new Uint8ClampedArray(data.buffer as ArrayBuffer), width, height };
}

/** Splits a JPEG into its segments up to the last, each scan with its data. */
function segmentsOf(bytes: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  for (let at = 0; ; ) {
    if (at + 1 >= bytes.length) throw new Error('it ends before its last segment');
    if (bytes[at] !== 0xff) throw new Error(`no marker at byte ${at}`);
    const marker = bytes[at + 1] as number;
    const end = marker === FILL ? at + 1 : endOfSegment(bytes, at, marker);
    if (marker !== FILL) segments.push({ marker, whole: bytes.subarray(at, end) });
    if (marker === END_OF_IMAGE) return segments;
    at = end;
  }
}

function endOfSegment(bytes: Uint8Array, start: number, marker: number): number {
  if (marker === START_OF_IMAGE || marker === END_OF_IMAGE) return start + 2;
  const [high, low] = bytes.subarray(start + 2, start + 4);
  const end = start + 2 + (high ?? 0) * 256 + (low ?? Number.NaN);
  if (!(end <= bytes.length)) throw new Error('it ends within a segment');
  return marker === START_OF_SCAN ? endOfScan(bytes, end) : end;
}

/** Comments and application data, but for Adobe's, which tells the colours. */
function isMetadata(marker: number): boolean {
  const isApplication = marker >= 0xe0 && marker <= 0xef;
  return (isApplication && marker !== ADOBE) || marker === COMMENT;
}

/** Finds the marker behind a scan's data, in which 0xff is followed by 0 or a restart's number. */
function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = start; at + 1 < bytes.length; at++) {
    const next = bytes[at + 1] as number;
    if (bytes[at] === 0xff && next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  throw new Error('it ends within a scan');
}

/** Refuses tables that don't fill their segment: the decoder would read on behind it. */
function checkTables(segment: Uint8Array): void {
  let at = 4;
  while (at < segment.length) at += 1 + ((segment[at] as number) < 16 ? 64 : 128);
  if (at !== segment.length) throw new Error('a table of quantization that is cut');
}

function checkComponents(count: number | undefined): void {
  if (!(count !== undefined && count >= 1 && count <= MAX_COMPONENTS)) {
    throw new Error(`${count} components, instead of 1 to ${MAX_COMPONENTS}`);
  }
}
