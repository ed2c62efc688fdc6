import { describe, expect, test } from 'vitest';
import { type Layout, Tensor } from '../../src/index.ts';
import { normalizeChannels } from '../../src/passes/normalize-channels.ts';
import { StatisticsRecord } from '../../src/statistics/record.ts';
import { normals } from '../support/random.ts';
import { affine, biases, calls, maskOf, running, testCalls, weights } from '../support/right.ts';
import { sizeOf } from '../support/shapes.ts';

const { instance, batch, group } = calls;

const nhwc = { layout: 'nhwc' } as const;
const std = { epsMode: 'std' } as const;

describe('scopes', () => {
  testCalls([
    [
      'are as many rows as stay in the cache',
      instance([1, 40, 2000], std),
      affine(40),
      'addMoments 32 2000 32 0, makeLines 32 1 32 1, applyRows 32 2000 32 0, addMoments 8 2000 8 0, makeLines 8 1 8 1, applyRows 8 2000 8 0',
      'addMoments 32 2000 32 0, makeLines 32 1 32 1, addGradientSums 32 2000 32 0, makeCombinations 32 1 32, combineRows 32 2000 32 0, addMoments 8 2000 8 0, makeLines 8 1 8 1, addGradientSums 8 2000 8 0, makeCombinations 8 1 8, combineRows 8 2000 8 0',
    ],
    [
      'of one sample, as many as have numbers',
      instance([2, 4100, 3], std),
      affine(8200),
      '2 (addMoments 4096 3 4096 0, makeLines 4096 1 4096 1, applyRows 4096 3 4096 0, addMoments 4 3 4 0, makeLines 4 1 4 1, applyRows 4 3 4 0)',
      '2 (addMoments 4096 3 4096 0, makeLines 4096 1 4096 1, addGradientSums 4096 3 4096 0, makeCombinations 4096 1 4096, combineRows 4096 3 4096 0, addMoments 4 3 4 0, makeLines 4 1 4 1, addGradientSums 4 3 4 0, makeCombinations 4 1 4, combineRows 4 3 4 0)',
    ],
    [
      'of whole samples',
      instance([9, 8, 1000], std),
      affine(8),
      'addMoments 64 1000 64 0, makeLines 64 1 8 1, applyRows 64 1000 64 0, addMoments 8 1000 8 0, makeLines 8 1 8 1, applyRows 8 1000 8 0',
      'addMoments 64 1000 64 0, makeLines 64 1 64 1, addGradientSums 64 1000 64 0, makeCombinations 64 1 8, combineRows 64 1000 64 0, addMoments 8 1000 8 0, makeLines 8 1 8 1, addGradientSums 8 1000 8 0, makeCombinations 8 1 8, combineRows 8 1000 8 0',
    ],
    [
      'of many columns',
      instance([1, 3, 5000], nhwc),
      affine(5000),
      'addColumnMoments 3 4096, makeLines 4096 1 4096 1, applyColumns 3 4096 5000, addColumnMoments 3 904, makeLines 904 1 904 1, applyColumns 3 904 5000',
      'addColumnMoments 3 4096, makeLines 4096 1 4096 1, addColumnGradientSums 3 4096, makeCombinations 4096 1 4096, combineColumns 3 4096 5000, addColumnMoments 3 904, makeLines 904 1 904 1, addColumnGradientSums 3 904, makeCombinations 904 1 904, combineColumns 3 904 5000',
      {
        forward:
          'addColumnMoments 3 4096, makeLines 4096 1 4096 1, applyColumns 3 4096 4096, addColumnMoments 3 904, makeLines 904 1 904 1, applyColumns 3 904 904',
        backward:
          'addColumnMoments 3 4096, makeLines 4096 1 4096 1, addColumnGradientSums 3 4096, makeCombinations 4096 1 4096, combineColumns 3 4096 4096, addColumnMoments 3 904, makeLines 904 1 904 1, addColumnGradientSums 3 904, makeCombinations 904 1 904, combineColumns 3 904 904',
      },
    ],
    [
      'of a batch of many channels',
      batch([3, 600, 40]),
      affine(600),
      'addMoments 1638 40 546 2160, makeLines 546 1 546 1, applyRows 1638 40 546 2160, addMoments 162 40 54 21840, makeLines 54 1 54 1, applyRows 162 40 54 21840',
      'addMoments 1638 40 546 2160, makeLines 546 1 546 1, addGradientSums 1638 40 546 2160, makeCombinations 546 1 546, combineRows 1638 40 546 2160, addMoments 162 40 54 21840, makeLines 54 1 54 1, addGradientSums 162 40 54 21840, makeCombinations 54 1 54, combineRows 162 40 54 21840',
      {
        forward:
          'addMoments 1638 40 546 2160, makeLines 546 1 546 1, 3 applyRows 546 40 546 0, addMoments 162 40 54 21840, makeLines 54 1 54 1, 3 applyRows 54 40 54 0',
        backward:
          'addMoments 1638 40 546 2160, makeLines 546 1 546 1, addGradientSums 1638 40 546 2160, makeCombinations 546 1 546, 3 combineRows 546 40 546 0, addMoments 162 40 54 21840, makeLines 54 1 54 1, addGradientSums 162 40 54 21840, makeCombinations 54 1 54, 3 combineRows 54 40 54 0',
      },
    ],
    [
      'of a batch, short',
      batch([4, 1100, 2], std),
      affine(1100),
      'addColumnMoments 4 2048, mergeMoments 2048 2 1024, makeLines 1024 1 1024 2, applyColumns 4 2048 2200, addColumnMoments 4 152, mergeMoments 152 2 76, makeLines 76 1 76 2, applyColumns 4 152 2200',
      'addColumnMoments 4 2048, mergeMoments 2048 2 1024, makeLines 1024 1 1024 2, addColumnGradientSums 4 2048, makeCombinations 1024 2 2048, combineColumns 4 2048 2200, addColumnMoments 4 152, mergeMoments 152 2 76, makeLines 76 1 76 2, addColumnGradientSums 4 152, makeCombinations 76 2 152, combineColumns 4 152 2200',
      {
        forward:
          'addColumnMoments 4 2048, mergeMoments 2048 2 1024, makeLines 1024 1 1024 2, applyColumns 4 2048 2048, addColumnMoments 4 152, mergeMoments 152 2 76, makeLines 76 1 76 2, applyColumns 4 152 152',
        backward:
          'addColumnMoments 4 2048, mergeMoments 2048 2 1024, makeLines 1024 1 1024 2, addColumnGradientSums 4 2048, makeCombinations 1024 2 2048, combineColumns 4 2048 2048, addColumnMoments 4 152, mergeMoments 152 2 76, makeLines 76 1 76 2, addColumnGradientSums 4 152, makeCombinations 76 2 152, combineColumns 4 152 152',
      },
    ],
    [
      'of a batch, columns',
      batch([3, 4100], std),
      affine(4100),
      'addColumnMoments 3 4096, makeLines 4096 1 4096 1, applyColumns 3 4096 4100, addColumnMoments 3 4, mergeMoments 12 1 4, makeLines 4 1 4 1, applyColumns 3 4 4',
      'addColumnMoments 3 4096, makeLines 4096 1 4096 1, addColumnGradientSums 3 4096, makeCombinations 4096 1 4096, combineColumns 3 4096 4100, addColumnMoments 3 4, mergeMoments 12 1 4, makeLines 4 1 4 1, addColumnGradientSums 3 4, makeCombinations 4 1 4, combineColumns 3 4 4',
      {
        forward:
          'addColumnMoments 3 4096, makeLines 4096 1 4096 1, applyColumns 3 4096 4096, addColumnMoments 3 4, mergeMoments 12 1 4, makeLines 4 1 4 1, applyColumns 3 4 4',
        backward:
          'addColumnMoments 3 4096, makeLines 4096 1 4096 1, addColumnGradientSums 3 4096, makeCombinations 4096 1 4096, combineColumns 3 4096 4096, addColumnMoments 3 4, mergeMoments 12 1 4, makeLines 4 1 4 1, addColumnGradientSums 3 4, makeCombinations 4 1 4, combineColumns 3 4 4',
      },
    ],
    [
      'of a batch, columns folded with rows left',
      batch([303, 7]),
      affine(7),
      'addColumnMoments 75 28, addColumnMoments 3 7, mergeMoments 21 1 7, makeLines 7 1 7 1, applyColumns 75 28 28, applyColumns 3 7 7',
      'addColumnMoments 75 28, addColumnMoments 3 7, mergeMoments 21 1 7, makeLines 7 1 7 1, addColumnGradientSums 75 28, addColumnGradientSums 3 7, makeCombinations 7 1 7, combineColumns 75 28 28, combineColumns 3 7 7',
    ],
    [
      'of a batch with lengths',
      batch([3, 5, 50], { lengths: [50, 0, 11] }),
      { ...affine(5), ...running(5) },
      'addMoments 5 50 5 0, addMoments 5 11 5 0, makeLines 5 1 5 1, applyRows 5 50 5 0, applyRows 5 11 5 0',
      'addMoments 5 50 5 0, addMoments 5 11 5 0, makeLines 5 1 5 1, addGradientSums 5 50 5 0, addGradientSums 5 11 5 0, makeCombinations 5 1 5, combineRows 5 50 5 0, combineRows 5 11 5 0',
    ],
    [
      'of a batch with lengths, channels last',
      batch([3, 50, 5], { ...nhwc, lengths: [50, 0, 11] }),
      { ...affine(5), ...running(5) },
      'addColumnMoments 12 20, addColumnMoments 2 5, 2 mergeMoments 15 1 5, addColumnMoments 2 20, addColumnMoments 3 5, mergeMoments 15 1 5, makeLines 5 1 5 1, applyColumns 12 20 20, applyColumns 2 5 5, applyColumns 2 20 20, applyColumns 3 5 5',
      'addColumnMoments 12 20, addColumnMoments 2 5, 2 mergeMoments 15 1 5, addColumnMoments 2 20, addColumnMoments 3 5, mergeMoments 15 1 5, makeLines 5 1 5 1, addColumnGradientSums 12 20, addColumnGradientSums 2 5, addColumnGradientSums 2 20, addColumnGradientSums 3 5, makeCombinations 5 1 5, combineColumns 12 20 20, combineColumns 2 5 5, combineColumns 2 20 20, combineColumns 3 5 5',
    ],
    ['of a batch with lengths of 0', batch([2, 5, 50], { lengths: [0, 0] }), affine(5), '', ''],
    [
      'of groups that do not fit',
      group([1, 8200, 2], 2),
      affine(8200),
      '2 (addMoments 1 8200 1 0, makeLines 4096 4096 4096 1, applyRows 4096 2 4096 0, makeLines 4 4 4 1, applyRows 4 2 4 0)',
      '',
    ],
    [
      'of groups that do not fit, channels last',
      group([1, 2, 8200], 2, nhwc),
      affine(8200),
      '',
      '',
    ],
  ]);
});

describe('running statistics', () => {
  testCalls([
    [
      'of rows',
      instance([3, 5, 60]),
      running(5),
      'normalizeRows 15 1 60 5',
      'differentiateRows 15 1 60 5',
    ],
    [
      'of columns',
      instance([3, 5, 7]),
      running(5),
      'normalizeColumns 1 1 15 7 1 1',
      'differentiateColumns 1 1 15 7 1 1',
    ],
    [
      'of small samples, biased',
      instance([3, 7, 5], { ...nhwc, unbiased: false }),
      running(5),
      'normalizeColumns 3 7 5 1 1 5',
      'differentiateColumns 3 7 5 1 1 5',
    ],
    [
      'of scopes, quick',
      instance([3, 500, 5], { ...nhwc, momentum: 0.5 }),
      running(5),
      '3 (addColumnMoments 125 20, mergeMoments 15 1 5, makeLines 5 1 5 1, applyColumns 125 20 20)',
      '3 (addColumnMoments 125 20, mergeMoments 15 1 5, makeLines 5 1 5 1, addColumnGradientSums 125 20, makeCombinations 5 1 5, combineColumns 125 20 20)',
    ],
    [
      'of lengths',
      instance([3, 5, 60], { lengths: [60, 2, 33] }),
      running(5),
      'addMoments 5 60 5 0, makeLines 5 1 5 1, applyRows 5 60 5 0, normalizeColumns 1 1 5 2 1 1, addMoments 5 33 5 0, makeLines 5 1 5 1, applyRows 5 33 5 0',
      'addMoments 5 60 5 0, makeLines 5 1 5 1, addGradientSums 5 60 5 0, makeCombinations 5 1 5, combineRows 5 60 5 0, differentiateColumns 1 1 5 2 1 1, differentiateColumns 1 1 5 33 1 1',
    ],
    [
      'of lengths, in columns',
      instance([3, 5, 60], { lengths: [9, 20, 3] }),
      running(5),
      'normalizeColumns 1 1 5 9 1 1, normalizeColumns 1 1 5 20 1 1, normalizeColumns 1 1 5 3 1 1',
      'differentiateColumns 1 1 5 9 1 1, differentiateColumns 1 1 5 20 1 1, differentiateColumns 1 1 5 3 1 1',
    ],
    [
      'of a batch',
      batch([3, 5, 60]),
      running(5),
      'addMoments 15 60 5 0, makeLines 5 1 5 1, applyRows 15 60 5 0',
      'addMoments 15 60 5 0, makeLines 5 1 5 1, addGradientSums 15 60 5 0, makeCombinations 5 1 5, combineRows 15 60 5 0',
    ],
    [
      'of long rows',
      instance([2, 1, 66_000]),
      running(1),
      'normalizeRows 2 1 66000 1',
      'differentiateRows 2 1 66000 1',
      {
        forward:
          '2 (addMoments 1 66000 1 0, makeLines 1 1 1 1, applyRows 1 65536 1 0, applyRows 1 464 1 0)',
        backward:
          '2 (addMoments 1 66000 1 0, makeLines 1 1 1 1, addGradientSums 1 66000 1 0, makeCombinations 1 1 1, combineRows 1 65536 1 0, combineRows 1 464 1 0)',
      },
    ],
  ]);
});

describe('what a mask holds', () => {
  testCalls([
    [
      'of samples apart',
      instance([4, 3, 20], { mask: maskOf(80) }),
      { ...affine(3), ...running(3) },
      '2 (gather 3 13 20, normalizeColumns 1 1 3 13 1 3, scatter 3 13 20), gather 3 14 20, normalizeColumns 1 1 3 14 1 3, scatter 3 14 20, gather 3 13 20, normalizeColumns 1 1 3 13 1 3, scatter 3 13 20, scatter 3 27 20',
      '2 (2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3, scatter 3 13 20), 2 gather 3 14 20, differentiateColumns 1 1 3 14 1 3, scatter 3 14 20, 2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3, scatter 3 13 20, scatter 3 27 20',
      {
        forward:
          '2 (gather 3 13 20, normalizeColumns 1 1 3 13 1 3), gather 3 14 20, normalizeColumns 1 1 3 14 1 3, gather 3 13 20, normalizeColumns 1 1 3 13 1 3',
        backward:
          '2 (2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3), 2 gather 3 14 20, differentiateColumns 1 1 3 14 1 3, 2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3',
      },
    ],
    [
      'of samples that are alike',
      instance([4, 3, 21], { mask: maskOf(84) }),
      { ...affine(3), ...running(3) },
      'gather 12 14 21, normalizeColumns 4 1 3 14 1 3, scatter 12 14 21, scatter 3 28 21',
      '2 gather 12 14 21, differentiateColumns 4 1 3 14 1 3, scatter 12 14 21, scatter 3 28 21',
      {
        forward: 'gather 12 14 21, normalizeColumns 4 1 3 14 1 3',
        backward: '2 gather 12 14 21, differentiateColumns 4 1 3 14 1 3',
      },
    ],
    [
      'with weights of each',
      instance([4, 3, 21], { mask: maskOf(84, 7) }),
      affine(12),
      'gather 12 18 21, normalizeColumns 1 1 12 18 1 12, scatter 12 18 21, scatter 3 12 21',
      '2 gather 12 18 21, differentiateColumns 1 1 12 18 1 12, scatter 12 18 21, scatter 3 12 21',
      {
        forward: 'gather 12 18 21, normalizeColumns 1 1 12 18 1 12',
        backward: '2 gather 12 18 21, differentiateColumns 1 1 12 18 1 12',
      },
    ],
    [
      'with weights of each that is not alike',
      instance([4, 3, 20], { mask: maskOf(80) }),
      affine(12),
      '2 (gather 3 13 20, normalizeColumns 1 1 3 13 1 3, scatter 3 13 20), gather 3 14 20, normalizeColumns 1 1 3 14 1 3, scatter 3 14 20, gather 3 13 20, normalizeColumns 1 1 3 13 1 3, scatter 3 13 20, scatter 3 27 20',
      '2 (2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3, scatter 3 13 20), 2 gather 3 14 20, differentiateColumns 1 1 3 14 1 3, scatter 3 14 20, 2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3, scatter 3 13 20, scatter 3 27 20',
      {
        forward:
          '2 (gather 3 13 20, normalizeColumns 1 1 3 13 1 3), gather 3 14 20, normalizeColumns 1 1 3 14 1 3, gather 3 13 20, normalizeColumns 1 1 3 13 1 3',
        backward:
          '2 (2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3), 2 gather 3 14 20, differentiateColumns 1 1 3 14 1 3, 2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3',
      },
    ],
    [
      'with weights of each alone',
      instance([4, 3, 20], { mask: maskOf(80) }),
      weights(12),
      '2 (gather 3 13 20, normalizeColumns 1 1 3 13 1 3, scatter 3 13 20), gather 3 14 20, normalizeColumns 1 1 3 14 1 3, scatter 3 14 20, gather 3 13 20, normalizeColumns 1 1 3 13 1 3, scatter 3 13 20, scatter 3 27 20',
      '2 (2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3, scatter 3 13 20), 2 gather 3 14 20, differentiateColumns 1 1 3 14 1 3, scatter 3 14 20, 2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3, scatter 3 13 20, scatter 3 27 20',
      {
        forward:
          '2 (gather 3 13 20, normalizeColumns 1 1 3 13 1 3), gather 3 14 20, normalizeColumns 1 1 3 14 1 3, gather 3 13 20, normalizeColumns 1 1 3 13 1 3',
        backward:
          '2 (2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3), 2 gather 3 14 20, differentiateColumns 1 1 3 14 1 3, 2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3',
      },
    ],
    [
      'with biases of each alone',
      instance([4, 3, 20], { mask: maskOf(80) }),
      biases(12),
      '2 (gather 3 13 20, normalizeColumns 1 1 3 13 1 3, scatter 3 13 20), gather 3 14 20, normalizeColumns 1 1 3 14 1 3, scatter 3 14 20, gather 3 13 20, normalizeColumns 1 1 3 13 1 3, scatter 3 13 20, scatter 3 27 20',
      '2 (2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3, scatter 3 13 20), 2 gather 3 14 20, differentiateColumns 1 1 3 14 1 3, scatter 3 14 20, 2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3, scatter 3 13 20, scatter 3 27 20',
      {
        forward:
          '2 (gather 3 13 20, normalizeColumns 1 1 3 13 1 3), gather 3 14 20, normalizeColumns 1 1 3 14 1 3, gather 3 13 20, normalizeColumns 1 1 3 13 1 3',
        backward:
          '2 (2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3), 2 gather 3 14 20, differentiateColumns 1 1 3 14 1 3, 2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3',
      },
    ],
    [
      'with weights of each, and biases of all',
      instance([4, 3, 20], { mask: maskOf(80) }),
      { ...weights(12), ...biases(3) },
      '2 (gather 3 13 20, normalizeColumns 1 1 3 13 1 3, scatter 3 13 20), gather 3 14 20, normalizeColumns 1 1 3 14 1 3, scatter 3 14 20, gather 3 13 20, normalizeColumns 1 1 3 13 1 3, scatter 3 13 20, scatter 3 27 20',
      '2 (2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3, scatter 3 13 20), 2 gather 3 14 20, differentiateColumns 1 1 3 14 1 3, scatter 3 14 20, 2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3, scatter 3 13 20, scatter 3 27 20',
      {
        forward:
          '2 (gather 3 13 20, normalizeColumns 1 1 3 13 1 3), gather 3 14 20, normalizeColumns 1 1 3 14 1 3, gather 3 13 20, normalizeColumns 1 1 3 13 1 3',
        backward:
          '2 (2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3), 2 gather 3 14 20, differentiateColumns 1 1 3 14 1 3, 2 gather 3 13 20, differentiateColumns 1 1 3 13 1 3',
      },
    ],
    [
      'of two samples that are alike after another',
      instance([3, 4, 5], { mask: Uint8Array.of(1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 1) }),
      affine(4),
      'gather 4 4 5, normalizeColumns 1 1 4 4 1 4, scatter 4 4 5, gather 8 3 5, normalizeColumns 2 1 4 3 1 4, scatter 8 3 5, scatter 4 5 5',
      '2 gather 4 4 5, differentiateColumns 1 1 4 4 1 4, scatter 4 4 5, 2 gather 8 3 5, differentiateColumns 2 1 4 3 1 4, scatter 8 3 5, scatter 4 5 5',
      {
        forward:
          'gather 4 4 5, normalizeColumns 1 1 4 4 1 4, gather 8 3 5, normalizeColumns 2 1 4 3 1 4',
        backward:
          '2 gather 4 4 5, differentiateColumns 1 1 4 4 1 4, 2 gather 8 3 5, differentiateColumns 2 1 4 3 1 4',
      },
    ],
    [
      'with channels last',
      instance([4, 20, 3], { ...nhwc, mask: maskOf(80) }),
      { ...affine(3), ...running(3) },
      '2 normalizeColumns 1 13 3 1 1 3, normalizeColumns 1 14 3 1 1 3, normalizeColumns 1 13 3 1 1 3',
      '2 differentiateColumns 1 13 3 1 1 3, differentiateColumns 1 14 3 1 1 3, differentiateColumns 1 13 3 1 1 3',
    ],
    [
      'with channels last, alike, and weights of each',
      instance([4, 21, 3], { ...nhwc, mask: maskOf(84) }),
      affine(12),
      'normalizeColumns 4 14 3 1 1 12',
      'differentiateColumns 4 14 3 1 1 12',
    ],
    [
      'of groups',
      group([4, 6, 20], 2, { mask: maskOf(80) }),
      affine(6),
      '2 (gather 6 13 20, normalizeRows 2 3 13 6, scatter 6 13 20), gather 6 14 20, normalizeRows 2 3 14 6, scatter 6 14 20, gather 6 13 20, normalizeRows 2 3 13 6, scatter 6 13 20, scatter 6 27 20',
      '2 (2 gather 6 13 20, differentiateRows 2 3 13 6, scatter 6 13 20), 2 gather 6 14 20, differentiateRows 2 3 14 6, scatter 6 14 20, 2 gather 6 13 20, differentiateRows 2 3 13 6, scatter 6 13 20, scatter 6 27 20',
      {
        forward:
          '2 (gather 6 13 20, normalizeRows 2 3 13 6), gather 6 14 20, normalizeRows 2 3 14 6, gather 6 13 20, normalizeRows 2 3 13 6',
        backward:
          '2 (2 gather 6 13 20, differentiateRows 2 3 13 6), 2 gather 6 14 20, differentiateRows 2 3 14 6, 2 gather 6 13 20, differentiateRows 2 3 13 6',
      },
    ],
    [
      'of groups with channels last',
      group([4, 20, 6], 3, { ...nhwc, mask: maskOf(80) }),
      affine(6),
      '2 normalizeColumns 1 13 6 1 2 6, normalizeColumns 1 14 6 1 2 6, normalizeColumns 1 13 6 1 2 6',
      '2 differentiateColumns 1 13 6 1 2 6, differentiateColumns 1 14 6 1 2 6, differentiateColumns 1 13 6 1 2 6',
    ],
    [
      'of a batch',
      batch([4, 3, 20], { mask: maskOf(80) }),
      { ...affine(3), ...running(3) },
      'gather 3 53 20, normalizeRows 3 1 53 3, scatter 3 53 20, scatter 3 27 20',
      '2 gather 3 53 20, differentiateColumns 1 1 3 53 1 3, scatter 3 53 20, scatter 3 27 20',
      {
        forward: 'gather 3 53 20, normalizeRows 3 1 53 3',
        backward: '2 gather 3 53 20, differentiateColumns 1 1 3 53 1 3',
      },
    ],
    [
      'of a batch of one element each',
      batch([80, 3], { mask: maskOf(80) }),
      { ...affine(3), ...running(3) },
      'normalizeColumns 1 53 3 1 1 3',
      'differentiateColumns 1 53 3 1 1 3',
    ],
    [
      'of a batch with channels last',
      batch([4, 20, 3], { ...nhwc, mask: maskOf(80) }),
      { ...affine(3), ...running(3) },
      'normalizeColumns 1 53 3 1 1 3',
      'differentiateColumns 1 53 3 1 1 3',
    ],
    [
      'with another deviation',
      instance([4, 3, 20], { mask: maskOf(80), ...std }),
      affine(12),
      '2 (gather 3 13 20, addMoments 3 13 3 0, makeLines 3 1 3 1, gather 3 13 20, applyRows 3 13 3 0, scatter 3 13 20), gather 3 14 20, addMoments 3 14 3 0, makeLines 3 1 3 1, gather 3 14 20, applyRows 3 14 3 0, scatter 3 14 20, gather 3 13 20, addMoments 3 13 3 0, makeLines 3 1 3 1, gather 3 13 20, applyRows 3 13 3 0, scatter 3 13 20, scatter 3 27 20',
      '2 (gather 3 13 20, addMoments 3 13 3 0, makeLines 3 1 3 1, 2 gather 3 13 20, addGradientSums 3 13 3 0, makeCombinations 3 1 3, 2 gather 3 13 20, combineRows 3 13 3 0, scatter 3 13 20), gather 3 14 20, addMoments 3 14 3 0, makeLines 3 1 3 1, 2 gather 3 14 20, addGradientSums 3 14 3 0, makeCombinations 3 1 3, 2 gather 3 14 20, combineRows 3 14 3 0, scatter 3 14 20, gather 3 13 20, addMoments 3 13 3 0, makeLines 3 1 3 1, 2 gather 3 13 20, addGradientSums 3 13 3 0, makeCombinations 3 1 3, 2 gather 3 13 20, combineRows 3 13 3 0, scatter 3 13 20, scatter 3 27 20',
      {
        forward:
          '2 (gather 3 13 20, addMoments 3 13 3 0, makeLines 3 1 3 1, gather 3 13 20, applyRows 3 13 3 0), gather 3 14 20, addMoments 3 14 3 0, makeLines 3 1 3 1, gather 3 14 20, applyRows 3 14 3 0, gather 3 13 20, addMoments 3 13 3 0, makeLines 3 1 3 1, gather 3 13 20, applyRows 3 13 3 0',
        backward:
          '2 (gather 3 13 20, addMoments 3 13 3 0, makeLines 3 1 3 1, 2 gather 3 13 20, addGradientSums 3 13 3 0, makeCombinations 3 1 3, 2 gather 3 13 20, combineRows 3 13 3 0), gather 3 14 20, addMoments 3 14 3 0, makeLines 3 1 3 1, 2 gather 3 14 20, addGradientSums 3 14 3 0, makeCombinations 3 1 3, 2 gather 3 14 20, combineRows 3 14 3 0, gather 3 13 20, addMoments 3 13 3 0, makeLines 3 1 3 1, 2 gather 3 13 20, addGradientSums 3 13 3 0, makeCombinations 3 1 3, 2 gather 3 13 20, combineRows 3 13 3 0',
      },
    ],
    ['of no places', instance([3, 2, 0], { mask: new Uint8Array(0) }), {}, '', ''],
    [
      'nothing',
      instance([2, 3, 20], { mask: new Uint8Array(40) }),
      affine(3),
      'scatter 3 40 20',
      'scatter 3 40 20',
      { forward: '', backward: '' },
    ],
    [
      'nothing of one sample',
      instance([2, 3, 20], { mask: new Uint8Array(40).fill(1, 20) }),
      affine(3),
      'gather 3 20 20, normalizeColumns 1 1 3 20 1 3, 2 scatter 3 20 20',
      '2 gather 3 20 20, differentiateColumns 1 1 3 20 1 3, 2 scatter 3 20 20',
      {
        forward: 'gather 3 20 20, normalizeColumns 1 1 3 20 1 3',
        backward: '2 gather 3 20 20, differentiateColumns 1 1 3 20 1 3',
      },
    ],
    [
      'all',
      instance([2, 3, 20], { mask: new Uint8Array(40).fill(1) }),
      affine(3),
      'normalizeColumns 2 1 3 20 1 3',
      'differentiateColumns 2 1 3 20 1 3',
    ],
  ]);
});

describe('in an arena of several threads scopes', () => {
  testCalls(
    [
      [
        'of samples take as many rows as these need',
        instance([1, 40, 2000], std),
        affine(40),
        'addMoments 40 2000 40 0, makeLines 40 1 40 1, applyRows 40 2000 40 0',
        'addMoments 40 2000 40 0, makeLines 40 1 40 1, addGradientSums 40 2000 40 0, makeCombinations 40 1 40, combineRows 40 2000 40 0',
      ],
      [
        'of a batch take as many rows as these need',
        batch([3, 600, 40]),
        affine(600),
        'addMoments 1800 40 600 0, makeLines 600 1 600 1, applyRows 1800 40 600 0',
        'addMoments 1800 40 600 0, makeLines 600 1 600 1, addGradientSums 1800 40 600 0, makeCombinations 600 1 600, combineRows 1800 40 600 0',
      ],
      [
        'of a batch take two channels for each thread, however long',
        batch([4, 5, 40_000]),
        affine(5),
        'addMoments 16 40000 4 40000, makeLines 4 1 4 1, applyRows 16 40000 4 40000, addMoments 4 40000 1 160000, makeLines 1 1 1 1, applyRows 4 40000 1 160000',
        'addMoments 16 40000 4 40000, makeLines 4 1 4 1, addGradientSums 16 40000 4 40000, makeCombinations 4 1 4, combineRows 16 40000 4 40000, addMoments 4 40000 1 160000, makeLines 1 1 1 1, addGradientSums 4 40000 1 160000, makeCombinations 1 1 1, combineRows 4 40000 1 160000',
        {
          forward: 'addMoments 20 40000 5 0, makeLines 5 1 5 1, 4 applyRows 5 40000 5 0',
          backward:
            'addMoments 20 40000 5 0, makeLines 5 1 5 1, addGradientSums 20 40000 5 0, makeCombinations 5 1 5, 4 combineRows 5 40000 5 0',
        },
      ],
    ],
    2,
  );
});

/** Calls it with a record that writes down which scopes it is given. */
function scopesGiven(input: Tensor, groupSize: number, layout: Layout): number[][] {
  const [samples = 0, channels = 0, spatial = 0] = input.shape;
  const given: number[][] = [];
  class Record extends StatisticsRecord {
    override add(_: Float64Array, first: number, count: number): void {
      given.push([first, count]);
    }
  }
  const deviation = { eps: 0, epsMode: 'variance', correction: 0, centred: true } as const;
  normalizeChannels({
    input: { data: input.data, shape: input.shape, owner: null },
    output: { data: input.data, tensor: input, given: null, inPlace: true },
    tensor: { samples, channels, spatial, layout, lengths: null, mask: null },
    weight: null,
    bias: null,
    affine: { weight: null, bias: null, eps: 1e-5, centred: true, deviation: null },
    sharing: 'sample',
    groupSize,
    fixed: null,
    moving: null,
    record: new Record(null, null, deviation),
  });
  return given;
}

test.each<[string, readonly [number, number, number], number, Layout, number[][]]>([
  ['rows', [2, 6, 60], 3, 'nchw', [[0, 4]]],
  [
    'small samples in two strips',
    [700, 8, 2],
    4,
    'nhwc',
    [
      [0, 1024],
      [1024, 376],
    ],
  ],
  [
    'scopes',
    [2, 6, 500],
    3,
    'nhwc',
    [
      [0, 2],
      [2, 2],
    ],
  ],
])('a record is given each scope once: %s', (_, shape, groupSize, layout, expected) => {
  const input = new Tensor(normals(sizeOf(shape), 1), shape);
  expect(scopesGiven(input, groupSize, layout)).toEqual(expected);
});
