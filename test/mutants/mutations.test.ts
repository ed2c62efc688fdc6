import { expect, test } from 'vitest';
import { mutate, mutationsOf, mutationsOfKernels } from './mutations.ts';

const mutants = (text: string): string[] =>
  mutationsOf('assembly/some.ts', text).map((mutation) => mutate(text, mutation));

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
])('%s is broken in every way, one at a time', (text, expected) => {
  expect(mutants(text).sort()).toEqual([...expected].sort());
});

test('every kernel file but the list of them is broken', () => {
  const paths = new Set(mutationsOfKernels().map(({ path }) => path));
  expect(paths.size).toBeGreaterThan(10);
  expect(paths).not.toContain('assembly/index.ts');
});
