import type { Elements } from '../memory/elements.ts';
import { memoryFor } from '../memory/memory.ts';
import { type Operand, Places, Selection, type Spread } from '../memory/selection.ts';
import type { ChannelTensor } from '../tensor/channels.ts';

/** Samples with the same mask, seen as a tensor of what that holds. */
export interface MaskedPart {
  readonly tensor: ChannelTensor;
  /** The first sample. */
  readonly first: number;
  /** How many samples of the whole tensor it is. */
  readonly samples: number;
  /** Returns what the mask holds of the elements of the whole tensor. */
  select(elements: Elements): Operand;
}

/**
 * Returns the samples from `first` on as long as their masks are alike. In a batch, whose samples
 * share statistics, they are all, and become one. Without a mask the tensor is its only part.
 */
export function partFrom(
  tensor: ChannelTensor,
  sharing: 'sample' | 'batch',
  first: number,
): MaskedPart {
  const { samples, channels, spatial, mask } = tensor;
  if (mask === null) return { tensor, first, samples, select: (elements) => elements };
  const isBatch = sharing === 'batch';
  const alike = isBatch ? samples : countAlike(mask, spatial, first);
  const size = channels * spatial;
  const parts = isBatch ? 1 : alike;
  const own = isBatch ? mask : mask.subarray(first * spatial, (first + 1) * spatial);
  const spread = spreadOf(tensor, isBatch, parts);
  const places = placesOf(own, 1, tensor, spread);
  const layout = spread.unit === channels ? 'nhwc' : 'nchw';
  return {
    tensor: { samples: parts, channels, spatial: places.count, layout, lengths: null, mask: null },
    first,
    samples: alike,
    select: (elements) =>
      new Selection(
        elements.subarray(first * size, (first + alike) * size) as Elements,
        places,
        spread,
      ),
  };
}

/** Fills with 0 what a tensor's mask does not hold. */
export function clearMasked(elements: Elements, tensor: ChannelTensor): void {
  const { mask } = tensor;
  if (mask === null) return;
  const spread = spreadOf(tensor, true, 1);
  const others = new Selection(elements, placesOf(mask, 0, tensor, spread), spread);
  memoryFor(0, elements).clear(others);
}

/** Returns how many samples from `first` on have the same mask. */
function countAlike(mask: Uint8Array, spatial: number, first: number): number {
  let at = (first + 1) * spatial;
  while (at < mask.length && mask[at] === mask[at - spatial]) at++;
  return Math.floor(at / spatial) - first;
}

/**
 * Returns how the places of a mask lie: the channels of a place side by side, or each channel in a
 * row of its own.
 */
function spreadOf(
  { channels, spatial, layout }: ChannelTensor,
  isBatch: boolean,
  samples: number,
): Spread {
  return layout === 'nhwc' || (isBatch && spatial === 1)
    ? { unit: channels, rows: samples, stride: channels * spatial }
    : { unit: 1, rows: samples * channels, stride: spatial };
}

/** Lists the places of a mask. In rows of a batch the next sample lies behind all channels. */
function placesOf(
  mask: Uint8Array,
  held: 0 | 1,
  { channels, spatial }: ChannelTensor,
  { unit }: Spread,
): Places {
  const gap = unit === channels ? 0 : (channels - 1) * spatial;
  return new Places(mask, held, spatial, gap);
}
