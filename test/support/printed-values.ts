// What programs of the documentation say that they print, and what they print.

import { expect } from 'vitest';

/** Returns the numbers, booleans and nulls in a text, without the lengths of printed arrays. */
export function valuesIn(text: string): string[] {
  const values = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\b(?:true|false|null)\b/g;
  return text.replaceAll(/\w+Array\(\d+\)/g, '').match(values) ?? [];
}

/** Says whether two printed values are the same. Numbers are compared to 3 decimals or digits. */
export function isSame(a: string | undefined, b: string | undefined): boolean {
  const expected = Number(a);
  return a === b || Math.abs(expected - Number(b)) <= 5e-4 * Math.max(1, Math.abs(expected));
}

/** Returns the values in the comments after each console.log, up to a colon. */
export function promisesOf(code: string): string[][] {
  const comments = code.matchAll(/^\s*console\.log\(.*\);\s*\/\/ ([^:\n]+)/gm);
  return Array.from(comments, ([, comment = '']) => valuesIn(comment));
}

/** Expects a text to contain each list of values without gaps, one list after the other. */
export function expectInOrder(lists: readonly string[][], text: string): void {
  const printed = valuesIn(text);
  let from = 0;
  for (const list of lists) {
    const at = printed.findIndex(
      (_, i) => i >= from && list.every((value, j) => isSame(value, printed[i + j])),
    );
    if (at < 0) expect.fail(`expected ${list.join(', ')} in what is printed, got ${text}`);
    from = at + list.length;
  }
}
