// WebP as RFC 9649 lays it out: chunks in a RIFF.

import { Unsupported } from './unsupported.ts';

/** What a WebP says of itself. */
export interface Webp {
  readonly width: number;
  readonly height: number;
  readonly hasProfile: boolean;
}

const ANIMATED = 0x02;
const PROFILE = 0x20;

/**
 * Reads the size of a WebP.
 *
 * @throws Error where it is cut, animated, or without a picture.
 */
export function readWebp(bytes: Uint8Array): Webp {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 8 + view.getUint32(4, true);
  if (end > bytes.length) throw new Error('it ends before its last chunk');
  let hasProfile = false;
  for (let at = 12; at + 18 <= end; ) {
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    const data = at + 8;
    if (type === 'VP8X') {
      const flags = view.getUint8(data);
      if ((flags & ANIMATED) !== 0) throw new Unsupported('an animation');
      hasProfile = (flags & PROFILE) !== 0;
    }
    // 14 bits each; above them stand 2 that tell a scale.
    if (type === 'VP8 ')
      return {
        width: view.getUint16(data + 6, true) & 0x3fff,
        height: view.getUint16(data + 8, true) & 0x3fff,
        hasProfile,
      };
    // One less than each, 14 bits side by side, behind a byte of signature.
    if (type === 'VP8L') {
      const bits = view.getUint32(data + 1, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff), hasProfile };
    }
    const length = view.getUint32(at + 4, true);
    at = data + length + (length % 2);
  }
  throw new Error('no picture before its end');
}
