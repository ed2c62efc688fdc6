// How the work of kernels of pictures is cut: anywhere, at pixels. Sums are those of cuts of one
// size, or of whole numbers.

import { F64 } from '../memory/sizes.ts';
import type { Job } from './job.ts';
import { cutWholes, Pieces } from './pieces.ts';

// Kernels take a multiple of so many pixels.
const GROUP = 16;

/** Bytes of a pixel, of 8 bits a channel and of 16. */
const PIXEL = 4;
const WIDE_PIXEL = 8;

// Whole numbers of the moments of a piece.
const SUMS = 7;

// Pixels whose moments in a space are found together, and the float64 of these.
const TILE = 16384;
const TILE_SUMS = 10;

function cutPixels(job: Job, pixels: number): Pieces | null {
  return job.isWorth(pixels) ? cutWholes(job, pixels, 1, GROUP) : null;
}

export function toPlanes(
  job: Job,
  y: number,
  x: number,
  tables: number,
  pixels: number,
  step: number,
): boolean {
  const pieces = cutPixels(job, pixels);
  if (pieces === null) return false;
  job.round('toPlanes', pieces, [
    pieces.at(y, 4),
    pieces.at(x, PIXEL),
    tables,
    pieces.count(),
    step,
  ]);
  return true;
}

export function toChannelsLast(
  job: Job,
  y: number,
  x: number,
  tables: number,
  pixels: number,
): boolean {
  const pieces = cutPixels(job, pixels);
  if (pieces === null) return false;
  const [to, from] = [pieces.at(y, 12), pieces.at(x, PIXEL)];
  job.round('toChannelsLast', pieces, [to, from, tables, pieces.count()]);
  return true;
}

export function toValues(
  job: Job,
  y: number,
  x: number,
  lines: number,
  pixels: number,
  lineStep: number,
  step: number,
): boolean {
  const pieces = cutPixels(job, pixels);
  if (pieces === null) return false;
  const [to, from] = [pieces.at(y, 4 * step), pieces.at(x, PIXEL)];
  job.round('toValues', pieces, [to, from, lines, pieces.count(), lineStep, step]);
  return true;
}

export function toBytes(
  job: Job,
  y: number,
  x: number,
  lines: number,
  pixels: number,
  channelStep: number,
  pixelStep: number,
): boolean {
  const pieces = cutPixels(job, pixels);
  if (pieces === null) return false;
  job.round('toBytes', pieces, [
    pieces.at(y, PIXEL),
    pieces.at(x, 4 * pixelStep),
    lines,
    pieces.count(),
    channelStep,
    pixelStep,
  ]);
  return true;
}

function recolourBytes(name: 'recolour' | 'recolourByLines') {
  return (job: Job, y: number, x: number, tables: number, pixels: number): boolean => {
    const pieces = cutPixels(job, pixels);
    if (pieces === null) return false;
    const [to, from] = [pieces.at(y, PIXEL), pieces.at(x, PIXEL)];
    const options = { repeatable: y !== x };
    job.round(name, pieces, [to, from, tables, pieces.count()], options);
    return true;
  };
}

type RecolourBytes = (job: Job, y: number, x: number, tables: number, pixels: number) => boolean;

export const recolour: RecolourBytes = /* @__PURE__ */ recolourBytes('recolour');
export const recolourByLines: RecolourBytes = /* @__PURE__ */ recolourBytes('recolourByLines');

export function recolourInSpace(
  job: Job,
  y: number,
  x: number,
  tables: number,
  codes: number,
  space: number,
  pixels: number,
): boolean {
  const pieces = cutPixels(job, pixels);
  if (pieces === null) return false;
  const [to, from] = [pieces.at(y, PIXEL), pieces.at(x, PIXEL)];
  job.round('recolourInSpace', pieces, [to, from, tables, codes, space, pieces.count()], {
    repeatable: y !== x,
  });
  return true;
}

function addWhole(name: 'addByteMoments' | 'addWordMoments', pixel: number) {
  return (job: Job, sums: number, x: number, pixels: number): boolean => {
    const pieces = cutPixels(job, pixels);
    if (pieces === null) return false;
    const bytes = SUMS * F64;
    const parameters = [
      pieces.part(job.partsAt, bytes),
      pieces.at(x, pixel),
      pieces.count(),
    ] as const;
    job.round(name, pieces, parameters, { cleared: bytes });
    const total = job.integers(sums, SUMS);
    const parts = job.integers(job.partsAt, SUMS * pieces.columns);
    parts.forEach((part, i) => {
      (total[i % SUMS] as bigint) += part;
    });
    return true;
  };
}

type AddWhole = (job: Job, sums: number, x: number, pixels: number) => boolean;

export const addByteMoments: AddWhole = /* @__PURE__ */ addWhole('addByteMoments', PIXEL);
export const addWordMoments: AddWhole = /* @__PURE__ */ addWhole('addWordMoments', WIDE_PIXEL);

export function findSpaceMoments(
  job: Job,
  moments: number,
  x: number,
  tables: number,
  space: number,
  pixels: number,
): boolean {
  if (!job.isWorth(pixels)) return false;
  const pieces = new Pieces(1, pixels, TILE);
  job.round('findSpaceMoments', pieces, [
    pieces.part(moments, TILE_SUMS * F64),
    pieces.at(x, PIXEL),
    tables,
    space,
    pieces.count(),
    job.own(0),
  ]);
  return true;
}
