import { describe } from 'vitest';
import { affine, calls, testCalls } from '../support/right.ts';

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
      '2 (addMoments 1 4100 1 0, makeLines 1 1 1 1, applyElements 1 4096, applyElements 1 4)',
      '2 (addMoments 1 4100 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4096, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4096 1 0, combineRows 1 4 1 0)',
    ],
    [
      'of more elements than have weights at once, in two groups',
      group([1, 10_000], 2),
      affine(10_000),
      '2 (addMoments 1 5000 1 0, makeLines 1 1 1 1, applyElements 1 4096, applyElements 1 904)',
      '2 (addMoments 1 5000 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4096, addElementGradientSums 1 904, makeCombinations 1 1 1, combineRows 1 4096 1 0, combineRows 1 904 1 0)',
    ],
    [
      'the same of two samples',
      group([2, 4100], 1),
      affine(4100),
      '2 (addMoments 1 4100 1 0, makeLines 1 1 1 1, applyElements 1 4096, applyElements 1 4)',
      '2 (addMoments 1 4100 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4096, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4096 1 0, combineRows 1 4 1 0)',
    ],
    [
      'about 0',
      rms([5, 70], [70]),
      { weight: affine(70).weight as Float32Array },
      'normalizeRows 5 70 1 70',
      'addMoments 5 70 5 0, makeLines 5 1 5 1, addElementGradientSums 5 70, makeCombinations 5 1 5, combineRows 5 70 5 0',
    ],
    [
      'about 0, of many elements',
      rms([2, 4100], [4100]),
      { weight: affine(4100).weight as Float32Array },
      '2 (addMoments 1 4100 1 0, makeLines 1 1 1 1, applyElements 1 4096, applyElements 1 4)',
      '2 (addMoments 1 4100 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4096, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4096 1 0, combineRows 1 4 1 0)',
    ],
  ]);
});
