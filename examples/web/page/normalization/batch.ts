// The shape of the batch that the section shows, (N, C, H, W) or (N, H, W, C), and where each of
// its values belongs.

import type { Layout } from 'wasm-norm';

/** The extents of each axis. */
export const EXTENTS = { n: 3, c: 6, h: 4, w: 4 } as const;
export const SIZE: number = EXTENTS.n * EXTENTS.c * EXTENTS.h * EXTENTS.w;

export type Axis = keyof typeof EXTENTS;
/** A value's sample, channel, row and column. */
export type Place = Readonly<Record<Axis, number>>;

const ORDERS: Readonly<Record<Layout, readonly Axis[]>> = {
  nchw: ['n', 'c', 'h', 'w'],
  nhwc: ['n', 'h', 'w', 'c'],
};

/** Returns the axes, the slowest first. */
export function axesOf(layout: Layout): readonly Axis[] {
  return ORDERS[layout];
}

export function shapeOf(layout: Layout): number[] {
  return ORDERS[layout].map((axis) => EXTENTS[axis]);
}

/** Returns where a place lies in memory. */
export function indexOf(place: Place, layout: Layout): number {
  return ORDERS[layout].reduce((index, axis) => index * EXTENTS[axis] + place[axis], 0);
}

/** Returns the place of what lies there in memory. */
export function placeOf(index: number, layout: Layout): Place {
  const place = { n: 0, c: 0, h: 0, w: 0 };
  let rest = index;
  for (const axis of ORDERS[layout].toReversed()) {
    place[axis] = rest % EXTENTS[axis];
    rest = Math.floor(rest / EXTENTS[axis]);
  }
  return place;
}
