import { describe, expect, test } from 'vitest';
import { Selection } from '../../src/memory/selection.ts';
import type { ChannelTensor } from '../../src/tensor/channels.ts';
import { clearMasked, partFrom } from '../../src/views/masked-part.ts';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

const tensor = (
  samples: number,
  channels: number,
  spatial: number,
  layout: ChannelTensor['layout'],
  mask: Uint8Array | null,
): ChannelTensor => ({ samples, channels, spatial, layout, lengths: null, mask });

const indices = ({ samples, channels, spatial }: ChannelTensor) =>
  Float32Array.from({ length: samples * channels * spatial }, (_, i) => i);

/** Lists the parts of a tensor: what each is, and the indices of its elements. */
function partsOf(of: ChannelTensor, sharing: 'sample' | 'batch') {
  const parts = [];
  for (let first = 0; first < of.samples; ) {
    const part = partFrom(of, sharing, first);
    const selected = part.select(indices(of));
    if (!(selected instanceof Selection)) return expect.fail('a mask selects');
    const held = new Float32Array(selected.length);
    selected.copy(0, held.length, held, 0, false);
    const { samples, channels, spatial, layout, lengths, mask } = part.tensor;
    expect([part.first, lengths, mask]).toEqual([first, null, null]);
    parts.push([part.samples, [samples, channels, spatial], layout, [...held]]);
    first += part.samples;
  }
  return parts;
}

describe('what a mask holds', () => {
  test('without one is the tensor itself', () => {
    const whole = tensor(3, 2, 4, 'nhwc', null);
    for (const sharing of ['sample', 'batch'] as const) {
      const part = partFrom(whole, sharing, 0);
      const elements = indices(whole);
      expect(part.tensor).toBe(whole);
      expect([part.first, part.samples]).toEqual([0, 3]);
      expect(part.select(elements)).toBe(elements);
    }
  });

  test('of samples with masks of their own is a part each', () => {
    const mask = bytes(1, 0, 1, 0, 1, 1, 1, 1, 1);
    expect(partsOf(tensor(3, 2, 3, 'nchw', mask), 'sample')).toEqual([
      [1, [1, 2, 2], 'nchw', [0, 2, 3, 5]],
      [1, [1, 2, 2], 'nchw', [7, 8, 10, 11]],
      [1, [1, 2, 3], 'nchw', [12, 13, 14, 15, 16, 17]],
    ]);
    expect(partsOf(tensor(3, 2, 3, 'nhwc', mask), 'sample')).toEqual([
      [1, [1, 2, 2], 'nhwc', [0, 1, 4, 5]],
      [1, [1, 2, 2], 'nhwc', [8, 9, 10, 11]],
      [1, [1, 2, 3], 'nhwc', [12, 13, 14, 15, 16, 17]],
    ]);
  });

  test('of samples with masks that are alike is one', () => {
    const mask = bytes(1, 0, 1, 1, 0, 1, 1, 0, 0);
    expect(partsOf(tensor(3, 2, 3, 'nchw', mask), 'sample')).toEqual([
      [2, [2, 2, 2], 'nchw', [0, 2, 3, 5, 6, 8, 9, 11]],
      [1, [1, 2, 1], 'nchw', [12, 15]],
    ]);
    expect(partsOf(tensor(3, 2, 3, 'nhwc', mask), 'sample')).toEqual([
      [2, [2, 2, 2], 'nhwc', [0, 1, 4, 5, 6, 7, 10, 11]],
      [1, [1, 2, 1], 'nhwc', [12, 13]],
    ]);
  });

  test('of a batch is one sample', () => {
    const mask = bytes(1, 0, 1, 0, 1, 1);
    expect(partsOf(tensor(2, 2, 3, 'nchw', mask), 'batch')).toEqual([
      [2, [1, 2, 4], 'nchw', [0, 2, 7, 8, 3, 5, 10, 11]],
    ]);
    expect(partsOf(tensor(2, 2, 3, 'nhwc', mask), 'batch')).toEqual([
      [2, [1, 2, 4], 'nhwc', [0, 1, 4, 5, 8, 9, 10, 11]],
    ]);
  });

  test('of a batch of one element a channel lies as channels last do', () => {
    const mask = bytes(0, 1, 1, 0, 1);
    for (const layout of ['nchw', 'nhwc'] as const) {
      expect(partsOf(tensor(5, 2, 1, layout, mask), 'batch')).toEqual([
        [5, [1, 2, 3], 'nhwc', [2, 3, 4, 5, 8, 9]],
      ]);
    }
    expect(partsOf(tensor(2, 3, 1, 'nchw', bytes(1, 1)), 'sample')).toEqual([
      [2, [2, 3, 1], 'nchw', [0, 1, 2, 3, 4, 5]],
    ]);
  });

  test('is nothing, or all', () => {
    expect(partsOf(tensor(2, 2, 2, 'nchw', bytes(0, 0, 0, 0)), 'sample')).toEqual([
      [2, [2, 2, 0], 'nchw', []],
    ]);
    expect(partsOf(tensor(2, 1, 2, 'nchw', bytes(1, 1, 1, 1)), 'batch')).toEqual([
      [2, [1, 1, 4], 'nhwc', [0, 1, 2, 3]],
    ]);
  });
});

describe('what a mask does not hold is cleared', () => {
  test.each([
    ['nchw', 2, 3, [0, 2, 3, 5, 7, 8, 10, 11]],
    ['nhwc', 2, 3, [0, 1, 4, 5, 8, 9, 10, 11]],
    ['nchw', 1, 6, [0, 2, 3, 5]],
  ] as const)('in %s of %i channels', (layout, channels, spatial, kept) => {
    const mask = channels === 1 ? bytes(1, 0, 1, 1, 0, 1) : bytes(1, 0, 1, 0, 1, 1);
    const of = tensor(channels === 1 ? 1 : 2, channels, spatial, layout, mask);
    const elements = indices(of).map((i) => i + 1);
    clearMasked(elements, of);
    const held: readonly number[] = kept;
    expect([...elements]).toEqual([...elements].map((_, i) => (held.includes(i) ? i + 1 : 0)));
  });

  test('and without one nothing', () => {
    const of = tensor(2, 2, 3, 'nchw', null);
    const elements = indices(of);
    clearMasked(elements, of);
    expect(elements).toEqual(indices(of));
  });
});
