import { describe } from 'vitest';
import { affine, calls, testCalls } from '../support/right.ts';

const { instance, group } = calls;

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
      '2 differentiateRows 1 2 32768 2',
      { forward: '2 normalizeRows 1 2 32768 2' },
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
