import { describe } from 'vitest';
import { affine, calls, testCalls } from '../support/right.ts';

const { group } = calls;

const layout = 'nhwc';

describe('groups of channels that lie last', () => {
  testCalls([
    [
      'are rows where these are long: 7 in two places',
      group([2, 2, 1029], 147, { layout }),
      {},
      '2 (addMoments 294 7 147 0, makeLines 147 1 147 1, applyRows 294 7 147 0)',
      '2 (addMoments 294 7 147 0, makeLines 147 1 147 1, addGradientSums 294 7 147 0, makeCombinations 147 1 147, combineRows 294 7 147 0)',
    ],
    [
      'and not 6',
      group([2, 2, 1032], 172, { layout }),
      {},
      '2 (addColumnMoments 2 1032, mergeMoments 1032 6 172, makeLines 1032 6 1032 1, applyColumns 2 1032)',
      '2 (addColumnMoments 2 1032, mergeMoments 1032 6 172, makeLines 1032 6 1032 1, addColumnGradientSums 2 1032, makeCombinations 172 6 1032, combineColumns 2 1032)',
    ],
    [
      '46 in a hundred',
      group([1, 100, 92], 2, { layout }),
      {},
      'addMoments 200 46 2 0, makeLines 2 1 2 1, applyRows 200 46 2 0',
      'addMoments 200 46 2 0, makeLines 2 1 2 1, addGradientSums 200 46 2 0, makeCombinations 2 1 2, combineRows 200 46 2 0',
    ],
    [
      'and not 45',
      group([1, 100, 90], 2, { layout }),
      {},
      'addColumnMoments 100 90, mergeMoments 90 45 2, makeLines 90 45 90 1, applyColumns 100 90',
      'addColumnMoments 100 90, mergeMoments 90 45 2, makeLines 90 45 90 1, addColumnGradientSums 100 90, makeCombinations 2 45 90, combineColumns 100 90',
    ],
    [
      'not in small samples',
      group([2, 2, 1024], 2, { layout }),
      {},
      'normalizeColumns 2 2 1024 1 512 1024',
      'differentiateColumns 2 2 1024 1 512 1024',
    ],
    [
      'in larger ones',
      group([2, 2, 1026], 2, { layout }),
      {},
      '2 (addMoments 4 513 2 0, makeLines 2 1 2 1, applyRows 4 513 2 0)',
      '2 (addMoments 4 513 2 0, makeLines 2 1 2 1, addGradientSums 4 513 2 0, makeCombinations 2 1 2, combineRows 4 513 2 0)',
    ],
    [
      'with lines for each channel where there are weights',
      group([2, 2, 1026], 2, { layout }),
      affine(1026),
      '2 (addMoments 4 513 2 0, makeLines 1026 513 1026 1, applyColumns 2 1026)',
      '2 (addMoments 4 513 2 0, makeLines 1026 513 1026 1, addColumnGradientSums 2 1026, makeCombinations 2 513 1026, combineColumns 2 1026)',
    ],
    [
      'and where there are biases',
      group([2, 2, 1026], 2, { layout }),
      { bias: affine(1026).bias as Float32Array },
      '2 (addMoments 4 513 2 0, makeLines 1026 513 1026 1, applyColumns 2 1026)',
      '2 (addMoments 4 513 2 0, makeLines 1026 513 1026 1, addColumnGradientSums 2 1026, makeCombinations 2 513 1026, combineColumns 2 1026)',
    ],
    [
      'with lines for each, in columns where rows are short',
      group([2, 2, 1032], 172, { layout }),
      affine(1032),
      '2 (addColumnMoments 2 1032, mergeMoments 1032 6 172, makeLines 1032 6 1032 1, applyColumns 2 1032)',
      '2 (addColumnMoments 2 1032, mergeMoments 1032 6 172, makeLines 1032 6 1032 1, addColumnGradientSums 2 1032, makeCombinations 172 6 1032, combineColumns 2 1032)',
    ],
    [
      'with another deviation',
      group([2, 2, 1026], 2, { layout, correction: 1 }),
      {},
      '2 (addMoments 4 513 2 0, makeLines 2 1 2 1, applyRows 4 513 2 0)',
      '2 (addMoments 4 513 2 0, makeLines 2 1 2 1, addGradientSums 4 513 2 0, makeCombinations 2 1 2, combineRows 4 513 2 0)',
    ],
    [
      'with another deviation, not in small samples',
      group([2, 2, 1024], 2, { layout, correction: 1 }),
      {},
      '2 (addColumnMoments 2 1024, mergeMoments 1024 512 2, makeLines 1024 512 1024 1, applyColumns 2 1024)',
      '2 (addColumnMoments 2 1024, mergeMoments 1024 512 2, makeLines 1024 512 1024 1, addColumnGradientSums 2 1024, makeCombinations 2 512 1024, combineColumns 2 1024)',
    ],
    [
      'with another deviation, of one place',
      group([2, 1, 2052], 4, { layout, correction: 1 }),
      {},
      '2 (addMoments 4 513 4 0, makeLines 2052 513 2052 1, applyColumns 1 2052)',
      'addMoments 8 513 8 0, makeLines 8 1 8 1, addGradientSums 8 513 8 0, makeCombinations 8 1 8, combineRows 8 513 8 0',
    ],
    [
      'with another deviation, of short rows',
      group([3, 7, 6], 2, { layout, correction: 1 }),
      {},
      '3 (addColumnMoments 1 24, addColumnMoments 3 6, mergeMoments 18 1 6, mergeMoments 6 3 2, makeLines 6 3 6 1, applyColumns 1 24, applyColumns 3 6)',
      '3 (addColumnMoments 1 24, addColumnMoments 3 6, mergeMoments 18 1 6, mergeMoments 6 3 2, makeLines 6 3 6 1, addColumnGradientSums 1 24, addColumnGradientSums 3 6, makeCombinations 2 3 6, combineColumns 1 24, combineColumns 3 6)',
    ],
    [
      'of one channel are channels',
      group([1, 500, 5], 5, { layout }),
      {},
      'addColumnMoments 125 20, mergeMoments 15 1 5, makeLines 5 1 5 1, applyColumns 125 20',
      'addColumnMoments 125 20, mergeMoments 15 1 5, makeLines 5 1 5 1, addColumnGradientSums 125 20, makeCombinations 5 1 5, combineColumns 125 20',
    ],
    [
      'of several scopes',
      group([1, 2, 7 * 4100], 4100, { layout }),
      {},
      'addMoments 8192 7 4096 28, makeLines 4096 1 4096 1, applyRows 8192 7 4096 28, addMoments 8 7 4 28672, makeLines 4 1 4 1, applyRows 8 7 4 28672',
      'addMoments 8192 7 4096 28, makeLines 4096 1 4096 1, addGradientSums 8192 7 4096 28, makeCombinations 4096 1 4096, combineRows 8192 7 4096 28, addMoments 8 7 4 28672, makeLines 4 1 4 1, addGradientSums 8 7 4 28672, makeCombinations 4 1 4, combineRows 8 7 4 28672',
      {
        forward:
          'addMoments 8192 7 4096 28, makeLines 4096 1 4096 1, 2 applyRows 4096 7 4096 0, addMoments 8 7 4 28672, makeLines 4 1 4 1, 2 applyRows 4 7 4 0',
        backward:
          'addMoments 8192 7 4096 28, makeLines 4096 1 4096 1, addGradientSums 8192 7 4096 28, makeCombinations 4096 1 4096, 2 combineRows 4096 7 4096 0, addMoments 8 7 4 28672, makeLines 4 1 4 1, addGradientSums 8 7 4 28672, makeCombinations 4 1 4, 2 combineRows 4 7 4 0',
      },
    ],
  ]);
});

describe('groups of channels of rows', () => {
  testCalls([
    [
      'are rows of all their elements',
      group([2, 6, 40], 3),
      {},
      'normalizeRows 6 1 80 3',
      'differentiateRows 6 1 80 3',
    ],
    [
      'are columns where they are short',
      group([2, 6, 4], 3),
      {},
      'normalizeColumns 1 1 6 8 1 1',
      'differentiateColumns 1 1 6 8 1 1',
    ],
    [
      'of one element, too',
      group([2, 600], 2),
      {},
      'normalizeRows 4 1 300 2',
      'differentiateRows 4 1 300 2',
    ],
    [
      'of one element with channels last, too',
      group([2, 1, 4104], 2, { layout }),
      {},
      'normalizeRows 4 1 2052 2',
      'differentiateRows 4 1 2052 2',
    ],
    [
      'are none with a weight',
      group([2, 6, 40], 3),
      { weight: affine(6).weight as Float32Array },
      'normalizeRows 6 2 40 6',
      'differentiateRows 6 2 40 6',
    ],
    [
      'are none with a bias',
      group([2, 6, 40], 3),
      { bias: affine(6).bias as Float32Array },
      'normalizeRows 6 2 40 6',
      'differentiateRows 6 2 40 6',
    ],
    [
      'do not fit a tile',
      group([1, 4, 40_000], 2),
      {},
      'normalizeRows 2 1 80000 2',
      'differentiateRows 2 1 80000 2',
      {
        forward:
          '2 (addMoments 1 80000 1 0, makeLines 1 1 1 1, applyRows 1 65536 1 0, applyRows 1 14464 1 0)',
        backward:
          '2 (addMoments 1 80000 1 0, makeLines 1 1 1 1, addGradientSums 1 80000 1 0, makeCombinations 1 1 1, combineRows 1 65536 1 0, combineRows 1 14464 1 0)',
      },
    ],
    [
      'do not fit a tile, with weights',
      group([1, 4, 40_000], 2),
      affine(4),
      'normalizeRows 2 2 40000 4',
      '2 (addMoments 2 40000 2 0, mergeMoments 2 2 1, makeLines 2 2 2 1, addGradientSums 2 40000 2 0, makeCombinations 1 2 2, combineRows 2 40000 2 0)',
      {
        forward: '2 (addMoments 1 80000 1 0, makeLines 2 2 2 1, 2 applyRows 1 40000 2 0)',
        backward:
          '2 (addMoments 2 40000 2 0, mergeMoments 2 2 1, makeLines 2 2 2 1, addGradientSums 2 40000 2 0, makeCombinations 1 2 2, 2 combineRows 1 40000 2 0)',
      },
    ],
    [
      'have more channels than have numbers',
      group([1, 8200, 2], 2),
      affine(8200),
      '2 (addMoments 1 8200 1 0, makeLines 4096 4096 4096 1, applyRows 4096 2 4096 0, makeLines 4 4 4 1, applyRows 4 2 4 0)',
      '',
    ],
  ]);
});
