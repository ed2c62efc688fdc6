// EXIF as JEITA CP-3451 lays it out: a TIFF, whose first directory has the orientation.

const BEGIN = /^Exif\0\0(?:II\*\0|MM\0\*)$/;
const TIFF = 6;
const ORIENTATION = 0x0112;
const ENTRY_BYTES = 12;

/**
 * Says whether a picture is stored on its side, so that its width is its height.
 *
 * @param data of a segment of application data, EXIF or other
 */
export function isTurned(data: Uint8Array): boolean {
  const begin = String.fromCharCode(...data.subarray(0, 10));
  if (!BEGIN.test(begin)) return false;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const isLittle = begin[TIFF] === 'I';
  try {
    const directory = TIFF + view.getUint32(TIFF + 4, isLittle);
    const entries = view.getUint16(directory, isLittle);
    for (let i = 0; i < entries; i++) {
      const entry = directory + 2 + i * ENTRY_BYTES;
      if (view.getUint16(entry, isLittle) !== ORIENTATION) continue;
      const orientation = view.getUint16(entry + 8, isLittle);
      return orientation >= 5 && orientation <= 8;
    }
  } catch {
    // The directory lies behind the end of the data, as it does where an editor has cut it.
  }
  return false;
}
