import { refuseKind, refuseValue } from '../checks/refuse.ts';
import { kindOf } from './typed-array.ts';

/** What says which elements take part: a byte or a boolean each, of which 0 and false do not. */
export type Mask = Uint8Array | readonly boolean[];

/** The option that says which elements of a tensor with channels take part. */
export interface MaskOption {
  /**
   * One for each spatial position of each sample, N of them after each other in either layout:
   * where it is 0 or false, no channel takes part in statistics, running statistics and
   * gradients, and all come out as 0. It excludes `lengths`.
   */
  readonly mask?: Mask | null | undefined;
}

/** Copies an optional mask, as bytes of 0 and 1. */
export function readMask(value: unknown, name: string): Uint8Array | null {
  // Short enough to be inlined where there is none.
  return value === null || value === undefined ? null : copyMask(value, name);
}

function copyMask(value: unknown, name: string): Uint8Array {
  if (kindOf(value) === 'Uint8Array') {
    const bytes = new Uint8Array(value as Uint8Array);
    for (let i = 0; i < bytes.length; i++) bytes[i] = bytes[i] === 0 ? 0 : 1;
    return bytes;
  }
  if (!Array.isArray(value)) refuseKind(name, 'a Uint8Array or an array of booleans', value);
  return Uint8Array.from(value, (held: unknown) => {
    if (typeof held !== 'boolean') refuseKind(name, 'booleans', held);
    return held ? 1 : 0;
  });
}

/**
 * Returns a mask of so many places; null where it holds all of them.
 *
 * @throws RangeError where it is of another size.
 */
export function checkMask(
  mask: Uint8Array | null,
  count: number,
  name: string,
  otherCount: number = count,
): Uint8Array | null {
  if (mask === null) return null;
  if (mask.length !== count && mask.length !== otherCount) {
    const expected = count === otherCount ? count : `${count} or ${otherCount}`;
    refuseValue(name, `${expected} places`, mask.length);
  }
  return mask.includes(0) ? mask : null;
}

/** Returns how many places the mask of a part holds at most, one of so many of equal size. */
export function mostHeld(mask: Uint8Array, parts: number): number {
  const size = mask.length / parts;
  let most = 0;
  for (let start = 0; start < mask.length; start += size) {
    let held = 0;
    for (let i = start; i < start + size; i++) held += mask[i] as number;
    most = Math.max(most, held);
  }
  return most;
}
