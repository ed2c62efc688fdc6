import { describe } from 'vitest';
import { affine, calls, testCalls } from '../support/right.ts';

const { instance, batch, group } = calls;

describe('a tensor that is normalized by its own statistics is taken', () => {
  testCalls([
    [
      'as rows',
      instance([3, 5, 60]),
      affine(5),
      'normalizeRows 15 1 60 5',
      'differentiateRows 15 1 60 5',
    ],
    [
      'as rows with weights of each sample',
      instance([3, 5, 60]),
      affine(15),
      'normalizeRows 15 1 60 15',
      'differentiateRows 15 1 60 15',
    ],
    [
      'as rows with a bias of each sample',
      instance([3, 5, 60]),
      { bias: affine(15).bias as Float32Array },
      'normalizeRows 15 1 60 15',
      'differentiateRows 15 1 60 15',
    ],
    [
      'as rows of several channels',
      group([2, 6, 37], 2),
      affine(6),
      'normalizeRows 4 3 37 6',
      'differentiateRows 4 3 37 6',
    ],
    [
      'as rows where groups need no lines',
      group([2, 6, 37], 2),
      {},
      'normalizeRows 4 1 111 2',
      'differentiateRows 4 1 111 2',
    ],
    [
      'as rows where channels have one element',
      group([3, 300], 1),
      affine(300),
      'normalizeRows 3 300 1 300',
      '3 (addMoments 1 300 1 0, makeLines 1 1 1 1, addElementGradientSums 1 300, makeCombinations 1 1 1, combineRows 1 300 1 0)',
    ],
    [
      'as rows where those lie last',
      group([3, 1, 300], 1, { layout: 'nhwc' }),
      affine(300),
      'normalizeRows 3 300 1 300',
      '3 (addMoments 1 300 1 0, makeLines 1 1 1 1, addElementGradientSums 1 300, makeCombinations 1 1 1, combineRows 1 300 1 0)',
    ],
    [
      'as columns',
      instance([3, 5, 7]),
      affine(5),
      'normalizeColumns 3 1 5 7 1 5',
      'differentiateColumns 3 1 5 7 1 5',
    ],
    [
      'step by step where channels lie last',
      instance([2, 500, 5], { layout: 'nhwc' }),
      affine(5),
      '2 (addColumnMoments 125 20, mergeMoments 15 1 5, makeLines 5 1 5 1, applyColumns 125 20)',
      '2 (addColumnMoments 125 20, mergeMoments 15 1 5, makeLines 5 1 5 1, addColumnGradientSums 125 20, makeCombinations 5 1 5, combineColumns 125 20)',
    ],
    [
      'step by step in a batch',
      batch([3, 5, 60]),
      affine(5),
      'addMoments 15 60 5 0, makeLines 5 1 5 1, applyRows 15 60 5 0',
      'addMoments 15 60 5 0, makeLines 5 1 5 1, addGradientSums 15 60 5 0, makeCombinations 5 1 5, combineRows 15 60 5 0',
    ],
    [
      'step by step where it has lengths',
      instance([2, 5, 60], { lengths: [60, 58] }),
      affine(5),
      'addMoments 5 60 5 0, makeLines 5 1 5 1, applyRows 5 60 5 0, addMoments 5 58 5 0, makeLines 5 1 5 1, applyRows 5 58 5 0',
      'addMoments 5 60 5 0, makeLines 5 1 5 1, addGradientSums 5 60 5 0, makeCombinations 5 1 5, combineRows 5 60 5 0, addMoments 5 58 5 0, makeLines 5 1 5 1, addGradientSums 5 58 5 0, makeCombinations 5 1 5, combineRows 5 58 5 0',
    ],
    [
      'step by step where the deviation is another',
      instance([3, 5, 7], { correction: 1 }),
      affine(5),
      'addMoments 15 7 15 0, makeLines 15 1 5 1, applyRows 15 7 15 0',
      'addMoments 15 7 15 0, makeLines 15 1 15 1, addGradientSums 15 7 15 0, makeCombinations 15 1 5, combineRows 15 7 15 0',
    ],
    [
      'the same in groups',
      group([3, 6, 7], 2, { epsMode: 'std' }),
      affine(6),
      'addMoments 18 7 18 0, mergeMoments 18 3 6, makeLines 18 3 6 1, applyRows 18 7 18 0',
      'addMoments 18 7 18 0, mergeMoments 18 3 6, makeLines 18 3 18 1, addGradientSums 18 7 18 0, makeCombinations 6 3 6, combineRows 18 7 18 0',
    ],
    [
      'the same in groups without weights',
      group([3, 6, 7], 2, { epsMode: 'std' }),
      {},
      'addMoments 18 7 18 0, mergeMoments 18 3 6, makeLines 18 3 18 1, applyRows 18 7 18 0',
      'addMoments 6 21 6 0, makeLines 6 1 6 1, addGradientSums 6 21 6 0, makeCombinations 6 1 6, combineRows 6 21 6 0',
    ],
    ['not at all where it is empty', instance([0, 5, 7]), affine(5), '', ''],
    ['not at all where samples are', instance([3, 5, 0]), affine(5), '', ''],
    ['not at all where it has no groups', group([3, 0, 7], 2), {}, '', ''],
    ['not at all where a batch is empty', batch([3, 5, 0]), affine(5), '', ''],
  ]);
});
