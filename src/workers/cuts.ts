import {
  addColumnGradientSums,
  addColumnMoments,
  addColumnMomentsF64,
  applyColumns,
  combineColumns,
  differentiateColumns,
  normalizeColumns,
} from './columns.ts';
import type { Job } from './job.ts';
import {
  addByteMoments,
  addWordMoments,
  findSpaceMoments,
  recolour,
  recolourInSpace,
  toBytes,
  toChannelsLast,
  toPlanes,
} from './pixels.ts';
import {
  addGradientSums,
  addMoments,
  addMomentsF64,
  applyElements,
  applyRows,
  combineRows,
  differentiateRows,
  normalizeRows,
} from './rows.ts';

/**
 * Does with all threads what a call of a kernel does, with the same bits; says false, and does
 * nothing, where one thread should do it.
 */
export type Cut = (job: Job, ...parameters: number[]) => boolean;

/** Returns how the work of kernels is cut, by their names; the others are called by one thread. */
export function cutsByName(): Readonly<Record<string, Cut>> {
  return {
    addMoments,
    addMomentsF64,
    applyRows,
    addGradientSums,
    combineRows,
    normalizeRows,
    differentiateRows,
    applyElements,
    addColumnMoments,
    addColumnMomentsF64,
    applyColumns,
    addColumnGradientSums,
    combineColumns,
    normalizeColumns,
    differentiateColumns,
    toPlanes,
    toChannelsLast,
    toBytes,
    recolour,
    recolourInSpace,
    addByteMoments,
    addWordMoments,
    findSpaceMoments,
  };
}
