import { describe, isObject } from './describe.ts';

/** Refuses an argument of the wrong kind. */
export function refuseKind(name: string, expected: string, got: unknown, where = ''): never {
  throw new TypeError(`${name}: expected ${expected}, got ${describe(got)}${where}`);
}

/** Refuses an argument of the wrong size or value; `got` says what is wrong with it. */
export function refuseValue(name: string, expected: string, got: string | number | bigint): never {
  throw new RangeError(`${name}: expected ${expected}, got ${got}`);
}

/** Refuses all but objects that have properties by name. */
export function checkObject(
  value: unknown,
  name: string,
  expected: string,
): asserts value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) refuseKind(name, expected, value);
}
