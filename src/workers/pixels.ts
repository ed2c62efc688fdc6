// How the work of kernels of pictures is cut: anywhere, at pixels. Sums are those of cuts of one
// size, or of whole numbers.

import { F32, F64 } from '../memory/sizes.ts';
import type { Call } from './calls.ts';
import type { Deal, Dealing } from './deal.ts';
import { cutWholes, Pieces } from './pieces.ts';

// Kernels take a multiple of so many pixels.
const GROUP = 16;

// Bytes of a pixel, of 8 bits a channel and of 16.
const PIXEL = 4;
const WIDE_PIXEL = 8;

// Whole numbers of the moments of a piece.
const SUMS = 7;

// Pixels whose moments in a space are found together, and the float64 of these.
const TILE = 16384;
const TILE_SUMS = 10;

interface PixelsCall {
  readonly x: number;
  readonly pixels: number;
}

interface ResultsCall extends PixelsCall {
  readonly y: number;
}

/**
 * Kernels that take each pixel by itself.
 *
 * @param written the bytes of a pixel that are written, of one plane where there are several
 * @param read the bytes that are read
 */
export function toPixels(
  { y, x, pixels }: ResultsCall,
  deal: Deal,
  job: Dealing,
  written: number = PIXEL,
  read: number = PIXEL,
): boolean {
  const pieces = cutWholes(job, pixels, 1, GROUP);
  return deal(pieces, 1, 0, { y: pieces.at(y, written), x: pieces.at(x, read) });
}

export function toChannelsLast(call: ResultsCall, deal: Deal, job: Dealing): boolean {
  return toPixels(call, deal, job, 3 * F32);
}

export function toValues(call: Call<'toValues'>, deal: Deal, job: Dealing): boolean {
  return toPixels(call, deal, job, call.step * F32);
}

export function toBytes(call: Call<'toBytes'>, deal: Deal, job: Dealing): boolean {
  return toPixels(call, deal, job, PIXEL, call.pixelStep * F32);
}

export function hideByMask(
  { y, x, mask, pixels }: Call<'hideByMask'>,
  deal: Deal,
  job: Dealing,
): boolean {
  const pieces = cutWholes(job, pixels, 1, GROUP);
  const ways = { y: pieces.at(y, PIXEL), x: pieces.at(x, PIXEL), mask: pieces.at(mask, 1) };
  return deal(pieces, 1, 0, ways);
}

export function chooseByMask(
  { y, taken, left, mask, pixels }: Call<'chooseByMask'>,
  deal: Deal,
  job: Dealing,
): boolean {
  const pieces = cutWholes(job, pixels, 1, GROUP);
  return deal(pieces, 1, 0, {
    y: pieces.at(y, PIXEL),
    taken: pieces.at(taken, PIXEL),
    left: pieces.at(left, PIXEL),
    mask: pieces.at(mask, 1),
  });
}

export function findTissue(
  { mask, x, pixels }: Call<'findTissue'>,
  deal: Deal,
  job: Dealing,
): boolean {
  const pieces = cutWholes(job, pixels, 1, GROUP);
  return deal(pieces, 1, 0, { mask: pieces.at(mask, 1), x: pieces.at(x, PIXEL) });
}

interface WholesCall extends PixelsCall {
  readonly sums: number;
}

function addWholes(call: WholesCall, deal: Deal, job: Dealing, pixel: number): boolean {
  const { sums, x, pixels } = call;
  const pieces = cutWholes(job, pixels, 1, GROUP);
  const bytes = SUMS * F64;
  deal(pieces, 1, 0, { sums: pieces.part(job.partsAt, bytes), x: pieces.at(x, pixel) }, bytes);
  const total = job.integers(sums, SUMS);
  job.integers(job.partsAt, SUMS * pieces.columns).forEach((part, i) => {
    (total[i % SUMS] as bigint) += part;
  });
  return true;
}

export function addByteMoments(call: WholesCall, deal: Deal, job: Dealing): boolean {
  return addWholes(call, deal, job, PIXEL);
}

export function addWordMoments(call: WholesCall, deal: Deal, job: Dealing): boolean {
  return addWholes(call, deal, job, WIDE_PIXEL);
}

export function findSpaceMoments(call: Call<'findSpaceMoments'>, deal: Deal): boolean {
  const pieces = new Pieces(1, call.pixels, TILE);
  return deal(pieces, 1, 0, { moments: pieces.part(call.moments, TILE_SUMS * F64) });
}
