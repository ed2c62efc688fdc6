import { describe } from 'vitest';
import { affine, calls, testCalls } from '../support/right.ts';

const { layer, rms } = calls;

describe('rows with another deviation are normalized step by step', () => {
  testCalls([
    [
      'many at once',
      layer([5, 70], [70], { epsMode: 'std' }),
      affine(70),
      'addMoments 5 70 5 0, makeLines 5 1 5 1, applyElements 5 70',
      'addMoments 5 70 5 0, makeLines 5 1 5 1, addElementGradientSums 5 70, makeCombinations 5 1 5, combineRows 5 70 5 0',
    ],
    [
      'as many as stay in the cache',
      layer([11, 4096], [4096], { correction: 1 }),
      affine(4096),
      '2 (addMoments 4 4096 4 0, makeLines 4 1 4 1, applyElements 4 4096), addMoments 3 4096 3 0, makeLines 3 1 3 1, applyElements 3 4096',
      'addMoments 8 4096 8 0, makeLines 8 1 8 1, addElementGradientSums 8 4096, makeCombinations 8 1 8, combineRows 8 4096 8 0, addMoments 3 4096 3 0, makeLines 3 1 3 1, addElementGradientSums 3 4096, makeCombinations 3 1 3, combineRows 3 4096 3 0',
    ],
    [
      'in pieces where weights do not fit',
      layer([2, 4097], [4097], { correction: 1 }),
      affine(4097),
      '2 (addMoments 1 4097 1 0, makeLines 1 1 1 1, applyElements 1 4096, applyElements 1 1)',
      '2 (addMoments 1 4097 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4096, addElementGradientSums 1 1, makeCombinations 1 1 1, combineRows 1 4096 1 0, combineRows 1 1 1 0)',
    ],
    [
      'without weights',
      layer([5, 70], [70], { correction: 1 }),
      {},
      'addMoments 5 70 5 0, makeLines 5 1 5 1, applyElements 5 70',
      'addMoments 5 70 5 0, makeLines 5 1 5 1, addGradientSums 5 70 5 0, makeCombinations 5 1 5, combineRows 5 70 5 0',
    ],
    [
      'with a bias alone',
      layer([5, 70], [70], { correction: 1 }),
      { bias: affine(70).bias as Float32Array },
      'addMoments 5 70 5 0, makeLines 5 1 5 1, applyElements 5 70',
      'addMoments 5 70 5 0, makeLines 5 1 5 1, addElementGradientSums 5 70, makeCombinations 5 1 5, combineRows 5 70 5 0',
    ],
    [
      'about 0',
      rms([5, 70], [70], { epsMode: 'std' }),
      { weight: affine(70).weight as Float32Array },
      'addMoments 5 70 5 0, makeLines 5 1 5 1, applyElements 5 70',
      'addMoments 5 70 5 0, makeLines 5 1 5 1, addElementGradientSums 5 70, makeCombinations 5 1 5, combineRows 5 70 5 0',
    ],
    [
      'as many as have numbers',
      layer([5000, 2], [2], { epsMode: 'std' }),
      affine(2),
      'addMoments 4096 2 4096 0, makeLines 4096 1 4096 1, applyElements 4096 2, addMoments 904 2 904 0, makeLines 904 1 904 1, applyElements 904 2',
      'addMoments 4096 2 4096 0, makeLines 4096 1 4096 1, addElementGradientSums 4096 2, makeCombinations 4096 1 4096, combineRows 4096 2 4096 0, addMoments 904 2 904 0, makeLines 904 1 904 1, addElementGradientSums 904 2, makeCombinations 904 1 904, combineRows 904 2 904 0',
    ],
    ['not at all where they are empty', layer([5, 0], [0], { epsMode: 'std' }), {}, '', ''],
    [
      'one by one with weights of their own',
      layer([3, 70], [70], { epsMode: 'std', axes: [1] }),
      affine(210),
      '3 (addMoments 1 70 1 0, makeLines 1 1 1 1, applyElements 1 70)',
      '3 (addMoments 1 70 1 0, makeLines 1 1 1 1, addElementGradientSums 1 70, makeCombinations 1 1 1, combineRows 1 70 1 0)',
    ],
  ]);
});
