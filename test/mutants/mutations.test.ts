import { expect, test } from 'vitest';
import { mutate, mutationsOf, mutationsOfKernels } from './mutations.ts';

const mutants = (text: string): string[] =>
  mutationsOf([['assembly/some.ts', text]]).map((mutation) => mutate(text, mutation));

test.each([
  ['x = a + b << 2;', ['x = a - b << 2;', 'x = a + b >> 2;', 'x = a + b << 3;', ';']],
  [
    'const x = a <= b && !c;',
    [
      'const x = a <= b || !c;',
      'const x = a < b && !c;',
      'const x = a > b && !c;',
      'const x = a <= b && c;',
    ],
  ],
  [
    'const x = f64x2.pmax(f32x4.mul(a, b), 0.5);',
    [
      'const x = f64x2.pmin(f32x4.mul(a, b), 0.5);',
      'const x = f64x2.pmax(f32x4.add(a, b), 0.5);',
      'const x = f64x2.pmax(f32x4.mul(a, b), 0.5 * 2);',
    ],
  ],
  ['const x = Math.sqrt(abs(a));', ['const x = abs(a);', 'const x = Math.sqrt(a);']],
  ['while (rows) rows--;', ['while (!(rows)) rows--;', 'while (rows) ;', 'while (rows) rows++;']],
  [
    'const x = short ? ~3 : -y;',
    [
      'const x = !(short) ? ~3 : -y;',
      'const x = short ? 3 : -y;',
      'const x = short ? ~4 : -y;',
      'const x = short ? ~3 : y;',
    ],
  ],
])('%s is broken in every way, one way at a time', (text, expected) => {
  expect(mutants(text).sort()).toEqual([...expected].sort());
});

test('a mistake reaches what uses the declaration that it is in, directly or not', () => {
  const files = [
    [
      'assembly/some.ts',
      'const SIZE = 1; function part(): void { SIZE; } function other(): void {}',
    ],
    [
      'assembly/next.ts',
      "import { part } from './some'; export function whole(): void { part(); }",
    ],
  ] as const;
  const reached = mutationsOf(files).map(({ from, reach }) => [from, [...reach]]);
  expect(reached).toContainEqual(['1', ['SIZE', 'part', 'whole']]);
  expect(reached).toContainEqual(['part();', ['whole']]);
});

test('a mistake in one of two constants of the same name reaches only what uses that one', () => {
  const files = [
    ['assembly/rows/some.ts', 'export const SIZE = 1; export function rows(): void { SIZE; }'],
    ['assembly/columns/some.ts', 'const SIZE = 2; export function columns(): void { SIZE; }'],
    [
      'assembly/fused/both.ts',
      "import { SIZE as LENGTH } from '../rows/some'; export function fused(): void { LENGTH; }",
    ],
  ] as const;
  const reached = mutationsOf(files).map(({ from, reach }) => [from, [...reach]]);
  expect(reached).toContainEqual(['1', ['SIZE', 'rows', 'fused']]);
  expect(reached).toContainEqual(['2', ['SIZE', 'columns']]);
});

test('every file of the kernels but index.ts is broken', () => {
  const paths = new Set(mutationsOfKernels().map(({ path }) => path));
  expect(paths.size).toBeGreaterThan(10);
  expect(paths).not.toContain('assembly/index.ts');
});
