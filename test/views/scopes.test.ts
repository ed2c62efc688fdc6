import { describe, expect, test } from 'vitest';
import { Arena } from '../../src/index.ts';
import { type Memory, memoryFor } from '../../src/memory/memory.ts';
import type { ChannelTensor } from '../../src/tensor/channels.ts';
import {
  BatchScopes,
  GroupScopes,
  SampleScopes,
  type Scope,
  type Scopes,
} from '../../src/views/scopes.ts';
import type { Operation } from '../../src/views/view.ts';

const tensor = (
  samples: number,
  channels: number,
  spatial: number,
  layout: ChannelTensor['layout'] = 'nchw',
  lengths: readonly number[] | null = null,
): ChannelTensor => ({ samples, channels, spatial, layout, lengths, mask: null });

const TENSORS: readonly ChannelTensor[] = [
  tensor(3, 5, 7),
  tensor(1, 1, 300),
  tensor(1, 2, 70_000),
  tensor(2, 5_000, 3),
  tensor(600, 7, 2),
  tensor(40, 6, 4),
  tensor(200, 9, 1),
  tensor(3, 5, 7, 'nhwc'),
  tensor(2, 20, 9, 'nhwc'),
  tensor(1, 5_000, 5, 'nhwc'),
  tensor(3, 1, 40, 'nhwc'),
  tensor(3, 5, 7, 'nchw', [7, 0, 4]),
  tensor(3, 5, 7, 'nhwc', [0, 6, 1]),
  tensor(2, 4, 3, 'nchw', [0, 0]),
  tensor(0, 4, 3),
  tensor(2, 0, 3),
  tensor(2, 4, 0),
];

/** What an element has that no kernel is given. */
const NOWHERE = -1;

/** Calls `see` with the value and the channel of each element that a kernel is given. */
function visit(
  memory: Memory,
  scope: Scope,
  input: Float32Array,
  see: (value: number, channel: number) => void,
): void {
  const all = new Float32Array(memory.buffer);
  for (let i = 0; i < scope.views; i++) {
    const view = scope.view(i);
    const operation: Operation = {
      rows(_, { rows, length, channel, period, gap }, _y, x) {
        let at = x / 4;
        for (let row = 0; row < rows; row++) {
          const own = channel + (row % period);
          for (let j = 0; j < length; j++) see(all[at + j] as number, scope.first + own);
          at += length + ((row + 1) % period === 0 ? gap : 0);
        }
      },
      takesStrides: true,
      columns(_, { rows, length, stride }, _y, x) {
        for (let j = 0; j < rows * length; j++) {
          const own = Math.floor(((j % length) % view.channels) / scope.width);
          const at = x / 4 + Math.floor(j / length) * stride + (j % length);
          see(all[at] as number, scope.first + own);
        }
      },
    };
    expect(view.channels).toBe(scope.channels * scope.width);
    view.run(memory, operation, { output: null, input, gradOutput: null });
  }
}

/** Holds scopes to what each element is, found from its index alone. */
function expectScopes(
  of: ChannelTensor,
  scopesOf: (cached: number) => Scopes,
  keyOf: (sample: number, channel: number) => number,
): void {
  const { samples, channels, spatial, layout, lengths } = of;
  const size = samples * channels * spatial;
  const arena = new Arena(4 * size + 64);
  for (const input of [new Float32Array(size), arena.tensor([size]).data]) {
    for (let i = 0; i < size; i++) input[i] = i;
    const memory = memoryFor(0, input);
    const scopes = scopesOf(memory.tileSize);
    const found = new Int32Array(size).fill(NOWHERE);
    let twice = 0;
    for (let i = 0; i < scopes.count; i++) {
      const scope = scopes.scope(i);
      if (scope === null) continue;
      visit(memory, scope, input, (value, channel) => {
        if (found[value] !== NOWHERE) twice++;
        found[value] = channel;
      });
    }
    const expected = Int32Array.from({ length: size }, (_, i) => {
      const sample = Math.floor(i / (channels * spatial));
      const rest = i % (channels * spatial);
      const isRow = layout === 'nchw';
      const channel = isRow ? Math.floor(rest / spatial) : rest % channels;
      const place = isRow ? rest % spatial : Math.floor(rest / channels);
      return place < (lengths?.[sample] ?? spatial) ? keyOf(sample, channel) : NOWHERE;
    });
    expect(twice).toBe(0);
    const wrong = expected.findIndex((key, i) => key !== found[i]);
    expect([wrong, found[wrong]]).toEqual([-1, undefined]);
  }
}

const title = ({ samples, channels, spatial, layout, lengths }: ChannelTensor): string =>
  `${samples} x ${channels} x ${spatial} ${layout}${lengths ? ` of lengths ${lengths}` : ''}`;

describe('each element is given to its channel once', () => {
  test.each(TENSORS.map((of) => [title(of), of] as const))('each sample apart: %s', (_, of) => {
    expectScopes(
      of,
      (cached) => new SampleScopes(of, 1, cached),
      (sample, channel) => sample * of.channels + channel,
    );
  });

  test.each(TENSORS.map((of) => [title(of), of] as const))('all samples as one: %s', (_, of) => {
    for (const use of ['moments', 'lines', 'gradients'] as const) {
      expectScopes(
        of,
        (cached) => new BatchScopes(of, cached, use),
        (_sample, channel) => channel,
      );
    }
  });

  test.each([
    [tensor(3, 6, 7, 'nhwc'), 2],
    [tensor(2, 9_000, 2, 'nhwc'), 2],
    [tensor(1, 64, 5, 'nhwc'), 64],
    [tensor(2, 6, 0, 'nhwc'), 3],
  ] as const)('groups of channels that lie last', (of, groupSize) => {
    const groups = of.channels / groupSize;
    expectScopes(
      of,
      () => new GroupScopes(of, groupSize),
      (sample, channel) => sample * groups + Math.floor(channel / groupSize),
    );
  });
});

test('a scope does not part a group', () => {
  for (const of of [tensor(2, 6_000, 40), tensor(2, 6_000, 1, 'nhwc'), tensor(3, 6, 40_000)]) {
    const scopes = new SampleScopes(of, 3);
    for (let i = 0; i < scopes.count; i++) {
      const scope = scopes.scope(i);
      expect([(scope?.first ?? 1) % 3, (scope?.channels ?? 1) % 3]).toEqual([0, 0]);
    }
  }
});
