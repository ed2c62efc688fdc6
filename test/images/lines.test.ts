import { describe, expect, test } from 'vitest';
import { byteLines, valueLines } from '../../src/images/lines.ts';
import { uniformFrom } from '../support/random.ts';

/** Numbers of three digits from 0.1 on, as normalizations have them. */
function numbersFrom(seed: number): () => number {
  const uniform = uniformFrom(seed);
  return () => Math.round(100 + 500 * uniform()) / 1000;
}

/** Values of every byte in three channels, rounded from float64, and their lines. */
function normalization(means: readonly number[], stds: readonly number[]) {
  const values = Float32Array.from({ length: 768 }, (_, i) => {
    const [mean, std] = [means[i >> 8] as number, stds[i >> 8] as number];
    return ((i & 255) / 255 - mean) / std;
  });
  const lines = means.map((mean, i) => {
    const std = stds[i] as number;
    return { scale: 1 / (255 * std), shift: -mean / std };
  });
  return { values, lines };
}

/** What the kernel makes of a byte by the vectors of a channel. */
function madeOf(vectors: Float32Array, channel: number, byte: number): number {
  const { fround } = Math;
  const [scale, shift, fineScale, fineShift] = [1, 2, 3, 4].map(
    (k) => vectors[20 * channel + 4 * k] as number,
  ) as [number, number, number, number];
  const fine = fround(fround(byte * fineScale) + fineShift);
  return fround(fround(fround(byte * scale) + shift) + fine);
}

describe('valueLines', () => {
  test.each([
    ['no normalization', [0, 0, 0], [1, 1, 1]],
    ['halves', [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]],
    ['ImageNet', [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]],
    ['CIFAR-10', [0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]],
    ['CLIP', [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]],
    ['bytes themselves', [0, 0, 0], [1 / 255, 1 / 255, 1 / 255]],
  ])('has lines for %s', (_, means, stds) => {
    const { values, lines } = normalization(means, stds);
    expect(valueLines(values, lines, 'nchw')).not.toBeNull();
    expect(valueLines(values, lines, 'nhwc')).not.toBeNull();
  });

  test('has lines for nearly all others, and none that is wrong for a byte', () => {
    const draw = numbersFrom(1);
    let found = 0;
    for (let i = 0; i < 300; i++) {
      const { values, lines } = normalization([draw(), draw(), draw()], [draw(), draw(), draw()]);
      const vectors = valueLines(values, lines, 'nchw');
      if (vectors === null) continue;
      found++;
      const made = values.map((_, at) => madeOf(vectors, at >> 8, at & 255));
      expect(made).toEqual(values);
    }
    expect(found).toBeGreaterThan(285);
    expect(found).toBeLessThan(300);
  });

  test('has none where a single byte would be wrong', () => {
    for (const byte of [0, 17, 255]) {
      for (const channel of [0, 1, 2]) {
        const { values, lines } = normalization([0.5, 0.4, 0.3], [0.25, 0.2, 0.3]);
        values[256 * channel + byte] = (values[256 * channel + byte] as number) + 1e-6;
        expect(valueLines(values, lines, 'nchw')).toBeNull();
      }
    }
  });

  test.each([
    ['-0', [0, 0, 0], [-1, 1, 1]],
    ['numbers beyond float32', [0, 0, 0], [1, 1, 1e-300]],
  ])('has none for %s', (_, means, stds) => {
    const { values, lines } = normalization(means, stds);
    expect(valueLines(values, lines, 'nchw')).toBeNull();
  });
});

describe('byteLines', () => {
  const bytesOf = (lines: readonly { scale: number; shift: number }[]) => {
    const bytes = new Uint8ClampedArray(768);
    for (let i = 0; i < 768; i++) {
      const { scale, shift } = lines[i >> 8] as (typeof lines)[number];
      bytes[i] = (i & 255) * scale + shift;
    }
    return bytes;
  };
  const plain = { scale: 1, shift: 0 };

  test('gives scale and shift of each channel, four times each', () => {
    const lines = [{ scale: 1.5, shift: -20.25 }, plain, { scale: -1, shift: 255 }];
    const expected = [1.5, -20.25, 1, 0, -1, 255].flatMap((value) => Array(4).fill(value));
    expect([...(byteLines(bytesOf(lines), lines) ?? [])]).toEqual(expected);
  });

  test('has lines for nearly all scales and shifts', () => {
    const uniform = uniformFrom(2);
    const draw = () => ({ scale: 0.3 + 2 * uniform(), shift: 200 * uniform() - 150 });
    let found = 0;
    for (let i = 0; i < 300; i++) {
      const lines = [draw(), draw(), draw()];
      if (byteLines(bytesOf(lines), lines)) found++;
    }
    expect(found).toBeGreaterThan(290);
  });

  test('has none where a single byte would be wrong, or the kernel would not see all bits', () => {
    for (const at of [0, 300, 767]) {
      const bytes = bytesOf([plain, plain, plain]);
      bytes[at] = 77;
      expect(byteLines(bytes, [plain, plain, plain])).toBeNull();
    }
    // 128 * 256 is the first number that 16 bits with a sign don't hold.
    for (const [scale, isRight] of [
      [128, true],
      [128.4, true],
      [128.5, false],
      [-129, false],
    ] as const) {
      const lines = [plain, plain, { scale, shift: 0 }];
      expect(byteLines(bytesOf(lines), lines) !== null, String(scale)).toBe(isRight);
    }
    const lines = [plain, { scale: Number.NaN, shift: 0 }, plain];
    expect(byteLines(bytesOf(lines), lines)).toBeNull();
  });
});
