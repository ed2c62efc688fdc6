import type { Elements } from '../memory/elements.ts';
import { memoryFor } from '../memory/memory.ts';
import { type Operand, Places, Selection } from '../memory/selection.ts';
import { MOMENTS } from '../memory/sizes.ts';
import { type MomentsSink, shifted } from '../statistics/record.ts';
import type { Affine } from './lines.ts';

/** What a mask holds of rows. */
export interface MaskedRows {
  /** How many of the rows were looked at, held or not. */
  readonly count: number;
  readonly rows: number;
  /** The elements of a row. */
  readonly length: number;
  /** Which elements of a row they are; null: all. */
  readonly elements: Places | null;
  /** Returns what is held of the elements of all rows. */
  select(elements: Elements): Operand;
  /** Returns what gives a sink the moments of these rows, counted among all. */
  sinkFor(sink: MomentsSink): MomentsSink;
}

/**
 * Returns what a mask holds of rows from `first` on. A mask of rows leaves some out. In one of
 * elements rows are taken as long as their masks are alike.
 *
 * @param mask a byte for each of all rows, or for each of their elements
 */
export function rowsFrom(
  mask: Uint8Array,
  rows: number,
  length: number,
  first: number,
): MaskedRows {
  if (mask.length === rows) return heldRows(mask, length);
  const own = mask.subarray(first * length, (first + 1) * length);
  const places = new Places(own);
  let end = (first + 1) * length;
  while (end < mask.length && mask[end] === mask[end - length]) end++;
  const count = Math.floor(end / length) - first;
  return {
    count,
    rows: count,
    length: places.count,
    elements: places,
    select: (elements) =>
      new Selection(
        elements.subarray(first * length, (first + count) * length) as Elements,
        places,
        { unit: 1, rows: count, stride: length },
      ),
    sinkFor: (sink) => shifted(sink, first) as MomentsSink,
  };
}

function heldRows(mask: Uint8Array, length: number): MaskedRows {
  const places = new Places(mask);
  const { count } = places;
  return {
    count: mask.length,
    rows: count,
    length,
    elements: null,
    select: (elements) => new Selection(elements, places, { unit: length, rows: 1, stride: 0 }),
    sinkFor: (sink) => ({
      add: (moments, from, added) => {
        for (let i = 0; i < added; i++) {
          sink.add(moments.subarray(i * MOMENTS), places.place(from + i), 1);
        }
      },
    }),
  };
}

/** Fills with 0 what a mask does not hold of rows. */
export function clearMaskedRows(
  elements: Elements,
  mask: Uint8Array,
  rows: number,
  length: number,
): void {
  const unit = mask.length === rows ? length : 1;
  const others = new Selection(elements, new Places(mask, 0), { unit, rows: 1, stride: 0 });
  memoryFor(0, elements).clear(others);
}

/** Returns weight and bias of some elements of a row. */
export function affineOfElements(affine: Affine, elements: Places | null): Affine {
  if (elements === null) return affine;
  const { weight, bias } = affine;
  return { ...affine, weight: valuesAt(weight, elements), bias: valuesAt(bias, elements) };
}

function valuesAt(values: Float32Array | null, places: Places): Float32Array | null {
  if (values === null) return null;
  const held = new Selection(values, places, { unit: 1, rows: 1, stride: 0 });
  const own = new Float32Array(places.count);
  held.copy(0, places.count, own, 0, false);
  return own;
}
