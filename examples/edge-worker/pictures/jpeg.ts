// JPEG as ITU-T T.81 lays it out, annex B. Markers are found as libjpeg finds them, so that the
// decoder meets the picture whose size was checked.

import { isTurned } from './exif.ts';
import { Unsupported } from './unsupported.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a JPEG says of itself: its size when it is upright. */
export interface Jpeg extends Size {
  readonly hasProfile: boolean;
}

interface Segment {
  readonly marker: number;
  /** Where its data begin, behind marker and length, and where they end. */
  readonly start: number;
  readonly end: number;
}

const END_OF_IMAGE = 0xd9;
const EXIF = 0xe1;
const PROFILE = 0xe2;
const START_OF_SCAN = 0xda;

// The kinds of frames, each a marker. 0xc4, 0xc8 and 0xcc are no frames.
const DECODED = [0xc0, 0xc1, 0xc2];
const ARITHMETIC = [0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];
const OTHERS = [0xc3, 0xc5, 0xc6, 0xc7];

// A progressive picture has about ten; each makes the decoder visit every block.
const MAX_SCANS = 64;

/**
 * Reads the segments of a JPEG, up to its end.
 *
 * @throws Error where it is cut, or of a kind that the decoder does not decode.
 */
export function readJpeg(bytes: Uint8Array): Jpeg {
  let frame: Size | null = null;
  let scans = 0;
  let lies = false;
  let hasProfile = false;
  for (const { marker, start, end } of segmentsOf(bytes)) {
    if (marker === START_OF_SCAN) scans++;
    if (marker === EXIF) lies ||= isTurned(bytes.subarray(start, end));
    if (marker === PROFILE) hasProfile ||= isProfile(bytes.subarray(start, end));
    if (ARITHMETIC.includes(marker)) throw new Unsupported('arithmetic coding');
    if (OTHERS.includes(marker)) throw new Unsupported('lossless or hierarchical coding');
    if (!DECODED.includes(marker)) continue;
    if (frame !== null) throw new Error('a second frame');
    frame = readFrame(bytes.subarray(start, end));
  }
  if (frame === null || scans === 0) throw new Error('no picture before its end');
  if (scans > MAX_SCANS) throw new Error(`${scans} scans, of at most ${MAX_SCANS}`);
  const { width, height } = frame;
  return lies ? { width: height, height: width, hasProfile } : { width, height, hasProfile };
}

/** Tells a part of an ICC profile from the other data that applications keep there. */
function isProfile(data: Uint8Array): boolean {
  return String.fromCharCode(...data.subarray(0, 12)) === 'ICC_PROFILE\0';
}

function readFrame(data: Uint8Array): Size {
  if (data.length < 6) throw new Error('a frame that is cut');
  const [bits, , , , , components] = data;
  if (bits !== 8) throw new Unsupported(`${bits} bits a sample, instead of 8`);
  if (components === 4) throw new Unsupported('4 components (CMYK), instead of 1 or 3');
  if (components !== 1 && components !== 3) {
    throw new Error(`${components} components, instead of 1 or 3`);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return { width: view.getUint16(3), height: view.getUint16(1) };
}

/** Splits a JPEG into its segments before the end of the image, which has to be there. */
function* segmentsOf(bytes: Uint8Array): Generator<Segment> {
  for (let at = 2; ; ) {
    at = nextMarker(bytes, at);
    const marker = bytes[at - 1] as number;
    if (marker === END_OF_IMAGE) return;
    const length = (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    const end = at + length;
    if (length < 2 || end > bytes.length) throw new Error('it ends within a segment');
    yield { marker, start: at + 2, end };
    at = end;
  }
}

/**
 * Finds the next marker, and returns where it ends.
 *
 * What lies between segments is passed over: a scan's data, in which 0xff is followed by 0 or is
 * the marker of a restart, and bytes that some cameras and editors leave there.
 */
function nextMarker(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at >= 0; at = bytes.indexOf(0xff, at)) {
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === undefined) break;
    const hasNoData = marker <= 1 || (marker >= 0xd0 && marker <= 0xd7);
    if (!hasNoData) return at;
  }
  throw new Error('it ends before its end-of-image marker');
}
