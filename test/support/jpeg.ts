// Segments of JPEG files, made byte by byte.

/** Makes a segment of EXIF that tells an orientation, 1 to 8. */
export function exif(orientation: number, order: 'II' | 'MM' = 'MM'): Uint8Array<ArrayBuffer> {
  const isLittle = order === 'II';
  const directory = new DataView(new ArrayBuffer(26));
  for (const [at, letter] of [...order].entries()) directory.setUint8(at, letter.charCodeAt(0));
  directory.setUint16(2, 42, isLittle);
  directory.setUint32(4, 8, isLittle);
  directory.setUint16(8, 1, isLittle);
  // One entry: the tag, a short, one of it, and its value.
  directory.setUint16(10, 0x0112, isLittle);
  directory.setUint16(12, 3, isLittle);
  directory.setUint32(14, 1, isLittle);
  directory.setUint16(18, orientation, isLittle);
  return segment(0xe1, [...Buffer.from('Exif\0\0'), ...new Uint8Array(directory.buffer)]);
}

/** Makes a segment: marker, length and data. */
export function segment(marker: number, data: readonly number[]): Uint8Array<ArrayBuffer> {
  const length = data.length + 2;
  return Uint8Array.of(0xff, marker, length >> 8, length & 0xff, ...data);
}

/** Returns a JPEG with bytes behind its first marker. */
export function withSegment(
  jpeg: Uint8Array,
  ...bytes: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat([jpeg.subarray(0, 2), ...bytes, jpeg.subarray(2)]));
}
