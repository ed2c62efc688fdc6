import type { Axis, Place } from './batch.ts';

/** The pictures of the batch. */
export const SAMPLES = ['photograph', 'colour source', 'result'] as const;

/** The same where there is little room. */
export const SHORT_SAMPLES = ['photo', 'source', 'result'] as const;

/** The channels of each: its colours, and edges that a network's first layer finds. */
export const CHANNELS = [
  'red',
  'green',
  'blue',
  'edges across',
  'edges down',
  'edges aslant',
] as const;

/** Names one place on an axis: red, row 1. */
export function nameOn(axis: Axis, at: number): string {
  switch (axis) {
    case 'n':
      return SAMPLES[at] ?? '';
    case 'c':
      return CHANNELS[at] ?? '';
    case 'h':
      return `row ${at}`;
    case 'w':
      return `column ${at}`;
  }
}

/** Names places on an axis: red to blue. */
export function nameRange(axis: Axis, first: number, last: number): string {
  return first === last ? nameOn(axis, first) : `${nameOn(axis, first)} to ${nameOn(axis, last)}`;
}

export function namePlace({ n, c, h, w }: Place): string {
  return [nameOn('n', n), nameOn('c', c), nameOn('h', h), nameOn('w', w)].join(', ');
}
