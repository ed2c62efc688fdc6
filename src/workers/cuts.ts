import type { Call, Lists } from './calls.ts';
import {
  addColumnGradientSums,
  addColumnMoments,
  applyColumns,
  combineColumns,
  differentiateColumns,
  normalizeColumns,
  normalizeTiles,
} from './columns.ts';
import { convert } from './conversions.ts';
import type { Cut } from './deal.ts';
import {
  addByteMoments,
  addWordMoments,
  chooseByMask,
  findSpaceMoments,
  findTissue,
  hideByMask,
  toBytes,
  toChannelsLast,
  toPixels,
  toValues,
} from './pixels.ts';
import { gather, scatter } from './places.ts';
import {
  addElementGradientSums,
  addElementSums,
  addGradientSums,
  addHeldGradientSums,
  addMoments,
  applyElements,
  applyRows,
  cutVectors,
  differentiateRows,
  findPieceSums,
  normalizeRows,
} from './rows.ts';

/** Each list of parameters has to be that of the kernel, in its order. */
type Cuts = { readonly [Name in keyof Lists]?: readonly [Lists[Name], Cut<Call<Name>>] };

/** The parameters of kernels, and how their work is cut; the others are called by one thread. */
export const CUTS: Readonly<Record<string, readonly [parameters: string, cut: Cut<never>]>> = {
  addMoments: ['moments x rows length period gap', addMoments],
  addMomentsF64: ['moments x rows length period gap', addMoments],
  applyRows: ['y x lines rows length period gap', applyRows],
  addGradientSums: ['sums products g x lines rows length period gap', addGradientSums],
  combineRows: ['dx g x lines combinations weight rows length period gap', applyRows],
  normalizeRows: [
    'y moments lines x weight bias rows groupSize length period eps centred',
    normalizeRows,
  ],
  differentiateRows: [
    'dx sums products moments lines combinations g x weight rows groupSize length period eps',
    differentiateRows,
  ],
  addElementGradientSums: [
    'rowSums rowProducts sums products g x weight lines rows columns scratch',
    addElementGradientSums,
  ],
  addHeldGradientSums: [
    'sums products g x weight lines held rows columns stride',
    addHeldGradientSums,
  ],
  findPieceSums: ['parts g x weight lines rows length', findPieceSums],
  addElementSums: ['sums products g x weight lines rows first columns stride', addElementSums],
  applyElements: ['y x lines weight bias rows columns', applyElements],

  addNorms: ['norms x rows length p', cutVectors],
  addProducts: ['products g x rows length', cutVectors],
  countAtLeast: ['counts x least rows length', cutVectors],
  combineVectors: ['dx g x combinations rows length signs', cutVectors],

  addColumnMoments: ['moments x rows columns scratch', addColumnMoments],
  addColumnMomentsF64: ['moments x rows columns', addColumnMoments],
  applyColumns: ['y x lines rows columns stride scratch', applyColumns],
  addColumnGradientSums: ['sums products g x lines rows columns scratch', addColumnGradientSums],
  combineColumns: ['dx g x lines combinations rows columns stride scratch', combineColumns],
  normalizeColumns: [
    'y moments means variances scales sums x weight bias samples rows columns width groupSize period eps',
    normalizeColumns,
  ],
  differentiateColumns: [
    'dx sums products means offsets rstds combinations g x weight samples rows columns width groupSize period eps',
    differentiateColumns,
  ],

  normalizeTiles: [
    'y moments lines rowLines tile x weight bias samples rows columns stride width eps centred scratch',
    normalizeTiles,
  ],

  gather: ['y x list rows length stride', gather],
  scatter: ['y x list rows length stride', scatter],
  narrow: ['bits values count isBfloat16', convert],
  widen: ['values bits count isBfloat16', convert],

  toPlanes: ['y x tables pixels step', toPixels],
  toChannelsLast: ['y x tables pixels', toChannelsLast],
  toValues: ['y x lines pixels lineStep step', toValues],
  toBytes: ['y x lines pixels channelStep pixelStep', toBytes],
  recolour: ['y x tables pixels', toPixels],
  recolourByLines: ['y x lines pixels', toPixels],
  recolourInSpace: ['y x tables codes space pixels', toPixels],
  hideByMask: ['y x mask pixels', hideByMask],
  chooseByMask: ['y taken left mask pixels', chooseByMask],
  findTissue: ['mask x tables pixels threshold', findTissue],
  addByteMoments: ['sums x pixels', addByteMoments],
  addWordMoments: ['sums x pixels', addWordMoments],
  findSpaceMoments: ['moments x tables space pixels scratch', findSpaceMoments],
} satisfies Cuts;
