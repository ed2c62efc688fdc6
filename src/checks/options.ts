import { describe } from './describe.ts';
import { nearest } from './nearest.ts';
import { checkObject, refuseKind, refuseValue } from './refuse.ts';

/**
 * Refuses anything but a plain object with known names, so that a misspelt option can't
 * pass in silence.
 *
 * @throws TypeError that names the nearest known option, if one is near.
 */
export function checkOptions(options: unknown, known: readonly string[]): void {
  checkObject(options, 'options', 'an object');
  for (const name in options) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    refuseKind('options', known.join(', '), name, near ? `; did you mean ${near}?` : '');
  }
}

export function checkBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') {
    refuseKind(name, 'true or false', value);
  }
}

export function checkFinite(value: unknown, name: string): asserts value is number {
  if (typeof value !== 'number') {
    refuseKind(name, 'a number', value);
  }
  if (!Number.isFinite(value)) {
    refuseValue(name, 'a finite number', value);
  }
}

export function checkInterval(
  value: unknown,
  name: string,
  from: number,
  to: number,
): asserts value is number {
  checkFinite(value, name);
  if (value < from || value > to) {
    refuseValue(name, `a number from ${from} to ${to}`, value);
  }
}

export function checkEps(value: unknown): asserts value is number {
  checkFinite(value, 'eps');
  if (value < 0) refuseValue('eps', 'a number of at least 0', value);
}

export function checkCount(value: unknown, name: string, least = 1): asserts value is number {
  if (typeof value !== 'number') {
    refuseKind(name, 'a number', value);
  }
  if (!Number.isSafeInteger(value) || value < least) {
    refuseValue(name, `a whole number of at least ${least}`, value);
  }
}

export function checkOneOf(value: unknown, name: string, names: readonly string[]): void {
  if (typeof value !== 'string') {
    refuseKind(name, quoted(names), value);
  }
  if (!names.includes(value)) {
    refuseValue(name, quoted(names), describe(value));
  }
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(' or ');
}
