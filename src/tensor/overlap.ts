import { refuseValue } from '../checks/refuse.ts';
import type { Elements } from '../memory/elements.ts';

// Reading `.buffer` costs 40 ns of a small call of 900, so arrays are compared by identity
// first, and each buffer is read once.

/** Says whether two arrays are the same bytes of the same memory. */
export function sameMemory(a: ArrayBufferView, b: ArrayBufferView): boolean {
  return (
    a === b ||
    (a.buffer === b.buffer && a.byteOffset === b.byteOffset && a.byteLength === b.byteLength)
  );
}

type Arrays = Readonly<Record<string, Elements | null>>;

/** Refuses an array to write to that shares memory with one to read, or with another to write. */
export function refuseOverlaps(written: Arrays, read: Arrays): void {
  for (const name in written) {
    const array = written[name];
    if (!array) continue;
    const { buffer } = array;
    let later = false;
    for (const other in written) {
      if (!later) later = other === name;
      else if (written[other]?.buffer === buffer) {
        refuseOverlap(name, array, other, written[other] as Elements);
      }
    }
    for (const other in read) {
      if (read[other]?.buffer === buffer) {
        refuseOverlap(name, array, other, read[other] as Elements);
      }
    }
  }
}

/**
 * Refuses an array to write to that shares memory with another, unless it is the same
 * memory.
 *
 * @returns whether it is the same memory
 */
export function refusePartialOverlap(
  name: string,
  array: ArrayBufferView,
  otherName: string,
  other: ArrayBufferView,
): boolean {
  if (array === other) return true;
  if (array.buffer !== other.buffer) return false;
  if (sameMemory(array, other)) return true;
  refuseOverlap(name, array, otherName, other);
  return false;
}

/** Refuses an array to write to that shares memory with another, of any kind. */
export function refuseSharing(
  name: string,
  array: ArrayBufferView,
  otherName: string,
  other: ArrayBufferView,
): void {
  if (array.buffer === other.buffer) refuseOverlap(name, array, otherName, other);
}

/** Refuses an array to write to that overlaps another of the same buffer. */
function refuseOverlap(
  name: string,
  array: ArrayBufferView,
  otherName: string,
  other: ArrayBufferView,
): void {
  const start = array.byteOffset;
  const end = start + array.byteLength;
  const otherStart = other.byteOffset;
  const otherEnd = otherStart + other.byteLength;
  if (start < otherEnd && otherStart < end) {
    refuseValue(
      name,
      'memory of its own',
      `bytes ${start} to ${end} of a buffer of which ${otherName} holds ${otherStart} to ${otherEnd}`,
    );
  }
}
