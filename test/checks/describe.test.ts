import { expect, describe as suite, test } from 'vitest';
import { describe, isObject } from '../../src/checks/describe.ts';

suite('describe', () => {
  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [-0.5, '-0.5'],
    [7n, '7n'],
    ['a "b"', '"a \\"b\\""'],
    ['x'.repeat(40), `"${'x'.repeat(40)}"`],
    ['x'.repeat(41), `"${'x'.repeat(40)}…"`],
    [Symbol('x'), 'a value of type symbol'],
    [() => 0, 'a value of type function'],
    [{}, 'a value of type Object'],
    [new Map(), 'a value of type Map'],
    [new Float64Array(3), 'a value of type Float64Array'],
    [[], '[]'],
    [[1, '2', null, [3]], '[1, string, object, object]'],
    [[1, 2, 3, 4, 5, 6, 7, 8], '[1, 2, 3, 4, 5, 6, 7, 8]'],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9], '[1, 2, 3, 4, 5, 6, 7, 8, …]'],
  ])('says in a few words what %o is', (value, expected) => {
    expect(describe(value)).toBe(expected);
  });
});

test('isObject accepts objects with properties of their own names, and no arrays', () => {
  expect([{}, new Map(), Object.create(null)].every(isObject)).toBe(true);
  expect([undefined, null, 1, 'x', [], () => 0].some(isObject)).toBe(false);
});
