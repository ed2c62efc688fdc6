// JPEG files with segments of their own, in the layout of ITU-T T.81, annex B.

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

/** Puts in a segment of EXIF that says which way the camera was held: 1 to 8. */
export function withOrientation(jpeg: Uint8Array, orientation: number): Uint8Array<ArrayBuffer> {
  return withSegment(jpeg, exif(orientation));
}

/** Leaves out the segments with a marker. */
export function withoutSegments(file: Uint8Array, marker: number): Uint8Array {
  const kept: number[] = [...file.subarray(0, 2)];
  let at = 2;
  while (file[at + 1] !== 0xda) {
    const end = at + 2 + (file[at + 2] as number) * 256 + (file[at + 3] as number);
    if (file[at + 1] !== marker) kept.push(...file.subarray(at, end));
    at = end;
  }
  return Uint8Array.from([...kept, ...file.subarray(at)]);
}

/** Changes bytes of the frame, counted from its marker. */
export function withFrameBytes(file: Uint8Array, at: number, bytes: readonly number[]): Uint8Array {
  const frame = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc0);
  const copy = Uint8Array.from(file);
  copy.set(bytes, frame + at);
  return copy;
}
