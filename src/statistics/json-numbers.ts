import { refuseKind } from '../checks/refuse.ts';

// What JSON has no numbers for.
const OTHERS: readonly unknown[] = ['-0', 'NaN', 'Infinity', '-Infinity'];

/** Returns what JSON gives back as the same number. */
export function numberToJSON(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

/**
 * Returns the number that {@link numberToJSON} was given.
 *
 * @throws TypeError where it gave nothing of the kind.
 */
export function numberFromJSON(value: unknown, name: string): number {
  if (typeof value !== 'number' && !OTHERS.includes(value)) refuseKind(name, 'numbers', value);
  return Number(value);
}
