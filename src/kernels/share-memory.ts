const IMPORTS = 2;
const FUNCTION = 0;
const MEMORY = 2;

// The limits of an imported memory: whether it has a maximum, and whether it is shared.
const HAS_MAXIMUM = 1;
const SHARED = 3;

/** 65536 pages, all that there can be: as a maximum it admits every memory. */
const ALL_PAGES: readonly number[] = [0x80, 0x80, 0x04];

/**
 * Rewrites a module so that it imports a shared memory in place of an ordinary one: two builds of
 * the same source differ by nothing else. A module whose memory has no maximum is given one.
 *
 * @param bytes a module that imports functions and one memory, nothing else
 */
export function shareMemory(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let at = 8; // behind the magic number and the version
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const skip = (): void => {
    const length = number();
    at += length;
  };
  for (;;) {
    const section = at++;
    const length = number();
    const start = at;
    if (bytes[section] !== IMPORTS) {
      at = start + length;
      continue;
    }
    for (let count = number(); count > 0; count--) {
      skip(); // the names of the module and
      skip(); // of what is imported
      const kind = bytes[at++];
      if (kind === FUNCTION) number();
      if (kind === MEMORY) break;
    }
    const limits = at;
    const hasMaximum = bytes[at++] === HAS_MAXIMUM;
    number();
    const maximum = hasMaximum ? [] : ALL_PAGES;
    return Uint8Array.from([
      ...bytes.subarray(0, section + 1),
      ...encoded(length + maximum.length),
      ...bytes.subarray(start, limits),
      SHARED,
      ...bytes.subarray(limits + 1, at),
      ...maximum,
      ...bytes.subarray(at),
    ]);
  }
}

/** Encodes a whole number as WebAssembly does: seven bits a byte, the lowest first. */
function encoded(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...encoded(value >> 7)];
}
