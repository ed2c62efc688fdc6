import { afterEach, expect, test, vi } from 'vitest';
import { kernelsText } from '../../src/kernels/compiled-kernels.ts';
import { decodeBytes } from '../../src/kernels/decode-bytes.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('every byte has a text', () => {
  const digits = Array.from({ length: 88 }, (_, digit) => String.fromCharCode(36 + digit));
  const texts = ['', '|', '}'].flatMap((mark) => digits.map((digit) => mark + digit));
  const bytes = texts.map((_, value) => (value + 252) % 256);
  expect(decodeBytes(texts.join(''))).toEqual(Uint8Array.from(bytes));
});

test('a mark applies only to the digit after it', () => {
  expect(decodeBytes('')).toEqual(new Uint8Array(0));
  expect(decodeBytes('{|$}$$')).toEqual(Uint8Array.of(83, 84, 172, 252));
});

test('a host without TextEncoder decodes the same', () => {
  const decoded = decodeBytes(kernelsText);
  vi.stubGlobal('TextEncoder', undefined);
  expect(decodeBytes(kernelsText)).toEqual(decoded);
});
