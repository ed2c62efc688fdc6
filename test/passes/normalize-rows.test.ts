import { describe } from 'vitest';
import { affine, biases, calls, testCalls, weights } from '../support/right.ts';

const { instance, group, layer, rms } = calls;

describe('rows by their own moments', () => {
  testCalls([
    [
      'take whole periods of weights',
      instance([3, 5, 60]),
      affine(5),
      'normalizeRows 15 1 60 5',
      'differentiateRows 15 1 60 5',
    ],
    [
      'take as many as have numbers',
      instance([2, 3000, 34]),
      affine(3000),
      '2 normalizeRows 3000 1 34 3000',
      '2 (differentiateColumns 1 1 1927 34 1 1927, differentiateColumns 1 1 1073 34 1 1073)',
      { forward: '2 (normalizeRows 1927 1 34 1927, normalizeRows 1073 1 34 1073)' },
    ],
    [
      'take as many as a tile holds where they are copied',
      instance([2, 9, 9000]),
      affine(9),
      'normalizeRows 18 1 9000 9',
      'differentiateRows 18 1 9000 9',
      {
        forward: '2 (normalizeRows 7 1 9000 7, normalizeRows 2 1 9000 2)',
        backward: '2 (differentiateRows 7 1 9000 7, differentiateRows 2 1 9000 2)',
      },
    ],
    [
      'are taken in pieces that a tile holds',
      instance([1, 2, 70_000]),
      affine(2),
      'normalizeRows 2 1 70000 2',
      'differentiateRows 2 1 70000 2',
      {
        forward:
          '2 (addMoments 1 70000 1 0, makeLines 1 1 1 1, applyRows 1 65536 1 0, applyRows 1 4464 1 0)',
        backward:
          '2 (addMoments 1 70000 1 0, makeLines 1 1 1 1, addGradientSums 1 70000 1 0, makeCombinations 1 1 1, combineRows 1 65536 1 0, combineRows 1 4464 1 0)',
      },
    ],
    [
      'in pieces with a weight of each sample',
      instance([2, 1, 70_000]),
      affine(2),
      'normalizeRows 2 1 70000 2',
      'differentiateRows 2 1 70000 2',
      {
        forward:
          '2 (addMoments 1 70000 1 0, makeLines 1 1 1 1, applyRows 1 65536 1 0, applyRows 1 4464 1 0)',
        backward:
          '2 (addMoments 1 70000 1 0, makeLines 1 1 1 1, addGradientSums 1 70000 1 0, makeCombinations 1 1 1, combineRows 1 65536 1 0, combineRows 1 4464 1 0)',
      },
    ],
    [
      'of as many channels as have numbers',
      group([2, 8192, 2], 2),
      affine(8192),
      '4 normalizeRows 1 4096 2 4096',
      '4 differentiateRows 1 4096 2 4096',
    ],
    [
      'of more of them',
      group([2, 4097, 2], 1),
      affine(4097),
      '2 (addMoments 1 8194 1 0, makeLines 4096 4096 4096 1, applyRows 4096 2 4096 0, makeLines 1 1 1 1, applyRows 1 2 1 0)',
      '',
    ],
    [
      'of more of them in each of two groups',
      group([1, 8200, 2], 2),
      affine(8200),
      '2 (addMoments 1 8200 1 0, makeLines 4096 4096 4096 1, applyRows 4096 2 4096 0, makeLines 4 4 4 1, applyRows 4 2 4 0)',
      '',
    ],
    [
      'of more elements than have weights at once',
      layer([2, 4100], [4100]),
      affine(4100),
      'normalizeRows 2 4100 1 4100',
      'addMoments 2 4100 2 0, makeLines 2 1 2 1, findPieceSums 2 4100, mergePieceSums 2 4100, addElementSums 2 0 4100 4100, makeCombinations 2 1 2, combineRows 2 4100 2 0',
    ],
    [
      'of more elements than have weights at once, in two groups',
      group([1, 10_000], 2),
      affine(10_000),
      'normalizeRows 2 5000 1 10000',
      '2 (addMoments 1 5000 1 0, makeLines 1 1 1 1, findPieceSums 1 5000, mergePieceSums 1 5000, addElementSums 1 0 5000 5000, makeCombinations 1 1 1, combineRows 1 5000 1 0)',
    ],
    [
      'the same of two samples',
      group([2, 4100], 1),
      affine(4100),
      'normalizeRows 2 4100 1 4100',
      '2 (addMoments 1 4100 1 0, makeLines 1 1 1 1, findPieceSums 1 4100, mergePieceSums 1 4100, addElementSums 1 0 4100 4100, makeCombinations 1 1 1, combineRows 1 4100 1 0)',
    ],
    [
      'about 0',
      rms([5, 70], [70]),
      weights(70),
      'normalizeRows 5 70 1 70',
      'addMoments 5 70 5 0, makeLines 5 1 5 1, addElementGradientSums 5 70, makeCombinations 5 1 5, combineRows 5 70 5 0',
    ],
    [
      'about 0, of many elements',
      rms([2, 4100], [4100]),
      weights(4100),
      'normalizeRows 2 4100 1 4100',
      'addMoments 2 4100 2 0, makeLines 2 1 2 1, findPieceSums 2 4100, mergePieceSums 2 4100, addElementSums 2 0 4100 4100, makeCombinations 2 1 2, combineRows 2 4100 2 0',
    ],
  ]);
});

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
      'addMoments 2 4097 2 0, makeLines 2 1 2 1, applyElements 2 4097',
      'addMoments 2 4097 2 0, makeLines 2 1 2 1, findPieceSums 2 4097, mergePieceSums 2 4097, addElementSums 2 0 4097 4097, makeCombinations 2 1 2, combineRows 2 4097 2 0',
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
      biases(70),
      'addMoments 5 70 5 0, makeLines 5 1 5 1, applyElements 5 70',
      'addMoments 5 70 5 0, makeLines 5 1 5 1, addElementGradientSums 5 70, makeCombinations 5 1 5, combineRows 5 70 5 0',
    ],
    [
      'about 0',
      rms([5, 70], [70], { epsMode: 'std' }),
      weights(70),
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

describe('gradients of rows', () => {
  testCalls([
    [
      'of one channel take no copy in an arena',
      instance([1, 3, 70_000]),
      affine(3),
      'normalizeRows 3 1 70000 3',
      'differentiateRows 3 1 70000 3',
      {
        forward:
          '3 (addMoments 1 70000 1 0, makeLines 1 1 1 1, applyRows 1 65536 1 0, applyRows 1 4464 1 0)',
        backward:
          '3 (addMoments 1 70000 1 0, makeLines 1 1 1 1, addGradientSums 1 70000 1 0, makeCombinations 1 1 1, combineRows 1 65536 1 0, combineRows 1 4464 1 0)',
      },
    ],
    [
      'of several channels need a tile',
      group([1, 4, 33_000], 2),
      affine(4),
      'normalizeRows 2 2 33000 4',
      '2 (addMoments 2 33000 2 0, mergeMoments 2 2 1, makeLines 2 2 2 1, addGradientSums 2 33000 2 0, makeCombinations 1 2 2, combineRows 2 33000 2 0)',
      {
        forward: '2 (addMoments 1 66000 1 0, makeLines 2 2 2 1, 2 applyRows 1 33000 2 0)',
        backward:
          '2 (addMoments 2 33000 2 0, mergeMoments 2 2 1, makeLines 2 2 2 1, addGradientSums 2 33000 2 0, makeCombinations 1 2 2, 2 combineRows 1 33000 2 0)',
      },
    ],
    [
      'of as many elements as a tile holds',
      group([1, 4, 32_768], 2),
      affine(4),
      'normalizeRows 2 2 32768 4',
      'differentiateRows 2 2 32768 4',
      { forward: '2 normalizeRows 1 2 32768 2', backward: '2 differentiateRows 1 2 32768 2' },
    ],
    [
      'take as many rows as have numbers',
      instance([1, 5000, 57]),
      affine(5000),
      'normalizeRows 4096 1 57 4096, normalizeRows 904 1 57 904',
      'differentiateRows 4096 1 57 4096, differentiateRows 904 1 57 904',
      {
        forward: '4 normalizeRows 1149 1 57 1149, normalizeRows 404 1 57 404',
        backward: '4 differentiateRows 1149 1 57 1149, differentiateRows 404 1 57 404',
      },
    ],
    [
      'take fewer where these have several channels',
      group([1, 4200, 4], 2100),
      affine(4200),
      'normalizeRows 2048 2 4 4096, normalizeRows 52 2 4 104',
      'differentiateRows 2048 2 4 4096, differentiateRows 52 2 4 104',
    ],
    [
      'the same in whole periods',
      group([1500, 4, 3], 2),
      affine(4),
      'normalizeRows 3000 2 3 4',
      'differentiateRows 2048 2 3 4, differentiateRows 952 2 3 4',
    ],
    [
      'with weights of each sample',
      instance([3, 5, 60]),
      affine(15),
      'normalizeRows 15 1 60 15',
      'differentiateRows 15 1 60 15',
    ],
  ]);
});
