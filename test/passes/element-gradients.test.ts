import { describe } from 'vitest';
import { affine, calls, testCalls } from '../support/right.ts';

const { group, layer } = calls;

describe('rows whose elements have weights', () => {
  testCalls([
    [
      'are taken eight at a time at least',
      layer([20, 4096], [4096]),
      affine(4096),
      'normalizeRows 20 4096 1 4096',
      '2 (addMoments 8 4096 8 0, makeLines 8 1 8 1, addElementGradientSums 8 4096, makeCombinations 8 1 8, combineRows 8 4096 8 0), addMoments 4 4096 4 0, makeLines 4 1 4 1, addElementGradientSums 4 4096, makeCombinations 4 1 4, combineRows 4 4096 4 0',
      { forward: 'normalizeRows 16 4096 1 4096, normalizeRows 4 4096 1 4096' },
    ],
    [
      'in multiples of eight',
      layer([100, 700], [700]),
      affine(700),
      'normalizeRows 100 700 1 700',
      '6 (addMoments 16 700 16 0, makeLines 16 1 16 1, addElementGradientSums 16 700, makeCombinations 16 1 16, combineRows 16 700 16 0), addMoments 4 700 4 0, makeLines 4 1 4 1, addElementGradientSums 4 700, makeCombinations 4 1 4, combineRows 4 700 4 0',
      { forward: 'normalizeRows 93 700 1 700, normalizeRows 7 700 1 700' },
    ],
    [
      'as many as have numbers',
      layer([4100, 3], [3]),
      affine(3),
      'normalizeRows 4096 3 1 3, normalizeRows 4 3 1 3',
      'addMoments 4096 3 4096 0, makeLines 4096 1 4096 1, addElementGradientSums 4096 3, makeCombinations 4096 1 4096, combineRows 4096 3 4096 0, addMoments 4 3 4 0, makeLines 4 1 4 1, addElementGradientSums 4 3, makeCombinations 4 1 4, combineRows 4 3 4 0',
    ],
    [
      'with a bias alone',
      layer([20, 30], [30]),
      { bias: affine(30).bias as Float32Array },
      'normalizeRows 20 30 1 30',
      'addMoments 20 30 20 0, makeLines 20 1 20 1, addElementGradientSums 20 30, makeCombinations 20 1 20, combineRows 20 30 20 0',
    ],
    [
      'in pieces',
      layer([2, 9000], [9000]),
      affine(9000),
      '2 (addMoments 1 9000 1 0, makeLines 1 1 1 1, 2 applyElements 1 4096, applyElements 1 808)',
      '2 (addMoments 1 9000 1 0, makeLines 1 1 1 1, 2 addElementGradientSums 1 4096, addElementGradientSums 1 808, makeCombinations 1 1 1, 2 combineRows 1 4096 1 0, combineRows 1 808 1 0)',
    ],
    [
      'in pieces without weights',
      layer([2, 9000], [9000]),
      {},
      '2 (addMoments 1 9000 1 0, makeLines 1 1 1 1, 2 applyElements 1 4096, applyElements 1 808)',
      '2 (addMoments 1 9000 1 0, makeLines 1 1 1 1, 2 addGradientSums 1 4096 1 0, addGradientSums 1 808 1 0, makeCombinations 1 1 1, 2 combineRows 1 4096 1 0, combineRows 1 808 1 0)',
    ],
    [
      'in pieces with a bias alone',
      layer([2, 9000], [9000]),
      { bias: affine(9000).bias as Float32Array },
      '2 (addMoments 1 9000 1 0, makeLines 1 1 1 1, 2 applyElements 1 4096, applyElements 1 808)',
      '2 (addMoments 1 9000 1 0, makeLines 1 1 1 1, 2 addElementGradientSums 1 4096, addElementGradientSums 1 808, makeCombinations 1 1 1, 2 combineRows 1 4096 1 0, combineRows 1 808 1 0)',
    ],
    [
      'in pieces, with another deviation',
      layer([2, 4100], [4100], { correction: 1 }),
      affine(4100),
      '2 (addMoments 1 4100 1 0, makeLines 1 1 1 1, applyElements 1 4096, applyElements 1 4)',
      '2 (addMoments 1 4100 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4096, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4096 1 0, combineRows 1 4 1 0)',
    ],
    [
      'in columns',
      layer([2, 20, 30], [20], { axes: [1] }),
      affine(20),
      '2 (addColumnMoments 20 30, makeLines 30 1 30 1, applyColumns 20 30, applyRows 20 30 20 0)',
      '2 (2 transpose 20 30 20 30, addMoments 30 20 30 0, makeLines 30 1 30 1, addElementGradientSums 30 20, makeCombinations 30 1 30, combineRows 30 20 30 0, transpose 30 20 30 20)',
    ],
    [
      'in many columns',
      layer([1, 20, 900], [20], { axes: [1] }),
      affine(20),
      'addColumnMoments 20 900, makeLines 900 1 900 1, applyColumns 20 900, applyRows 20 900 20 0',
      '2 transpose 20 900 20 900, addMoments 816 20 816 0, makeLines 816 1 816 1, addElementGradientSums 816 20, makeCombinations 816 1 816, combineRows 816 20 816 0, addMoments 84 20 84 0, makeLines 84 1 84 1, addElementGradientSums 84 20, makeCombinations 84 1 84, combineRows 84 20 84 0, transpose 900 20 900 20',
    ],
    [
      'of one element each, of several channels',
      group([3, 520], 2),
      affine(520),
      'normalizeRows 6 260 1 520',
      '6 (addMoments 1 260 1 0, makeLines 1 1 1 1, addElementGradientSums 1 260, makeCombinations 1 1 1, combineRows 1 260 1 0)',
    ],
    [
      'of one element each, of more than have weights',
      group([2, 9000], 2),
      affine(9000),
      '4 (addMoments 1 4500 1 0, makeLines 1 1 1 1, applyElements 1 4096, applyElements 1 404)',
      '4 (addMoments 1 4500 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4096, addElementGradientSums 1 404, makeCombinations 1 1 1, combineRows 1 4096 1 0, combineRows 1 404 1 0)',
    ],
    [
      'of one element each, with a bias of each sample',
      group([2, 600], 2),
      { bias: affine(600).bias as Float32Array },
      'normalizeRows 4 300 1 600',
      '4 (addMoments 1 300 1 0, makeLines 1 1 1 1, addElementGradientSums 1 300, makeCombinations 1 1 1, combineRows 1 300 1 0)',
    ],
  ]);
});

describe('in an arena of several threads rows', () => {
  testCalls(
    [
      [
        'go as many at a time as these need',
        layer([100, 700], [700]),
        affine(700),
        'normalizeRows 100 700 1 700',
        'addMoments 100 700 100 0, makeLines 100 1 100 1, addElementGradientSums 100 700, makeCombinations 100 1 100, combineRows 100 700 100 0',
        {
          forward: 'normalizeRows 93 700 1 700, normalizeRows 7 700 1 700',
          backward:
            '6 (addMoments 16 700 16 0, makeLines 16 1 16 1, addElementGradientSums 16 700, makeCombinations 16 1 16, combineRows 16 700 16 0), addMoments 4 700 4 0, makeLines 4 1 4 1, addElementGradientSums 4 700, makeCombinations 4 1 4, combineRows 4 700 4 0',
        },
      ],
      [
        'of layer norm, too',
        layer([400, 700], [700]),
        affine(700),
        'normalizeRows 400 700 1 700',
        'addMoments 400 700 400 0, makeLines 400 1 400 1, addElementGradientSums 400 700, makeCombinations 400 1 400, combineRows 400 700 400 0',
        {
          forward: '4 normalizeRows 93 700 1 700, normalizeRows 28 700 1 700',
          backward:
            '25 (addMoments 16 700 16 0, makeLines 16 1 16 1, addElementGradientSums 16 700, makeCombinations 16 1 16, combineRows 16 700 16 0)',
        },
      ],
    ],
    2,
  );
});
