import { describe, expect, test } from 'vitest';
import { instanceNormBackward, Tensor } from '../../src/index.ts';
import { affine, biases, calls, maskOf, running, testCalls, weights } from '../support/right.ts';

const { instance, batch, group } = calls;

const std = { epsMode: 'std' } as const;

describe('given statistics', () => {
  const given = { training: false };
  testCalls([
    [
      'are lines of rows',
      batch([2, 5, 37], given),
      { ...affine(5), ...running(5) },
      'makeGivenLines 5 5 5 1, applyRows 10 37 5 0',
      'makeGivenLines 5 5 5 1, addGradientSums 10 37 5 0, makeCombinations 5 1 5, combineRows 10 37 5 0',
    ],
    [
      'without weights',
      batch([2, 5, 37], given),
      running(5),
      'makeGivenLines 5 5 5 1, applyRows 10 37 5 0',
      'makeGivenLines 5 5 5 1, makeCombinations 5 1 5, combineRows 10 37 5 0',
    ],
    [
      'with a weight alone',
      batch([2, 5, 37], given),
      { ...weights(5), ...running(5) },
      'makeGivenLines 5 5 5 1, applyRows 10 37 5 0',
      'makeGivenLines 5 5 5 1, addGradientSums 10 37 5 0, makeCombinations 5 1 5, combineRows 10 37 5 0',
    ],
    [
      'with a bias alone',
      batch([2, 5, 37], given),
      { ...biases(5), ...running(5) },
      'makeGivenLines 5 5 5 1, applyRows 10 37 5 0',
      'makeGivenLines 5 5 5 1, addGradientSums 10 37 5 0, makeCombinations 5 1 5, combineRows 10 37 5 0',
    ],
    [
      'with weights of each sample',
      instance([3, 5, 37], { useInputStats: false }),
      { ...affine(15), ...running(5) },
      'makeGivenLines 15 5 15 1, applyRows 15 37 15 0',
      'makeGivenLines 15 5 15 1, addGradientSums 15 37 15 0, makeCombinations 15 1 15, combineRows 15 37 15 0',
    ],
    [
      'with a bias of each sample',
      instance([3, 5, 37], { useInputStats: false }),
      { ...biases(15), ...running(5) },
      'makeGivenLines 15 5 15 1, applyRows 15 37 15 0',
      'makeGivenLines 15 5 15 1, addGradientSums 15 37 15 0, makeCombinations 15 1 15, combineRows 15 37 15 0',
    ],
    [
      'with weights of each sample, channels last',
      instance([2, 37, 5], { layout: 'nhwc', useInputStats: false }),
      { ...affine(10), ...running(5) },
      '2 (makeGivenLines 5 5 5 1, applyColumns 9 20 20, applyColumns 1 5 5)',
      '2 (makeGivenLines 5 5 5 1, addColumnGradientSums 9 20, addColumnGradientSums 1 5, makeCombinations 5 1 5, combineColumns 9 20 20, combineColumns 1 5 5)',
    ],
    [
      'in several scopes',
      batch([1, 5000, 3], given),
      { ...affine(5000), ...running(5000) },
      'makeGivenLines 4096 4096 4096 1, applyRows 4096 3 4096 0, makeGivenLines 904 904 904 1, applyRows 904 3 904 0',
      'makeGivenLines 4096 4096 4096 1, addGradientSums 4096 3 4096 0, makeCombinations 4096 1 4096, combineRows 4096 3 4096 0, makeGivenLines 904 904 904 1, addGradientSums 904 3 904 0, makeCombinations 904 1 904, combineRows 904 3 904 0',
    ],
    [
      'in several scopes of several samples',
      instance([3, 2000, 2], { useInputStats: false }),
      { ...affine(6000), ...running(2000) },
      'makeGivenLines 4000 2000 4000 1, applyRows 4000 2 4000 0, makeGivenLines 2000 2000 2000 1, applyRows 2000 2 2000 0',
      'makeGivenLines 4000 2000 4000 1, addGradientSums 4000 2 4000 0, makeCombinations 4000 1 4000, combineRows 4000 2 4000 0, makeGivenLines 2000 2000 2000 1, addGradientSums 2000 2 2000 0, makeCombinations 2000 1 2000, combineRows 2000 2 2000 0',
    ],
    [
      'of samples with more channels than have numbers',
      instance([2, 5000, 2], { useInputStats: false }),
      { ...affine(10_000), ...running(5000) },
      '2 (makeGivenLines 4096 4096 4096 1, applyRows 4096 2 4096 0, makeGivenLines 904 904 904 1, applyRows 904 2 904 0)',
      '2 (makeGivenLines 4096 4096 4096 1, addGradientSums 4096 2 4096 0, makeCombinations 4096 1 4096, combineRows 4096 2 4096 0, makeGivenLines 904 904 904 1, addGradientSums 904 2 904 0, makeCombinations 904 1 904, combineRows 904 2 904 0)',
    ],
    [
      'of samples with more channels than have numbers, without weights of each',
      instance([2, 5000, 2], { useInputStats: false }),
      { ...affine(5000), ...running(5000) },
      '4 (makeGivenLines 1024 1024 1024 2, applyColumns 2 2048 10000), makeGivenLines 904 904 904 2, applyColumns 2 1808 10000',
      '4 (makeGivenLines 1024 1024 1024 2, addColumnGradientSums 2 2048, makeCombinations 1024 2 2048, combineColumns 2 2048 10000), makeGivenLines 904 904 904 2, addColumnGradientSums 2 1808, makeCombinations 904 2 1808, combineColumns 2 1808 10000',
      {
        forward:
          '4 (makeGivenLines 1024 1024 1024 2, applyColumns 2 2048 2048), makeGivenLines 904 904 904 2, applyColumns 2 1808 1808',
        backward:
          '4 (makeGivenLines 1024 1024 1024 2, addColumnGradientSums 2 2048, makeCombinations 1024 2 2048, combineColumns 2 2048 2048), makeGivenLines 904 904 904 2, addColumnGradientSums 2 1808, makeCombinations 904 2 1808, combineColumns 2 1808 1808',
      },
    ],
    [
      'in several scopes, with a weight alone',
      batch([1, 5000, 3], given),
      { ...weights(5000), ...running(5000) },
      'makeGivenLines 4096 4096 4096 1, applyRows 4096 3 4096 0, makeGivenLines 904 904 904 1, applyRows 904 3 904 0',
      'makeGivenLines 4096 4096 4096 1, addGradientSums 4096 3 4096 0, makeCombinations 4096 1 4096, combineRows 4096 3 4096 0, makeGivenLines 904 904 904 1, addGradientSums 904 3 904 0, makeCombinations 904 1 904, combineRows 904 3 904 0',
    ],
    [
      'in several scopes, with a bias alone',
      batch([1, 5000, 3], given),
      { ...biases(5000), ...running(5000) },
      'makeGivenLines 4096 4096 4096 1, applyRows 4096 3 4096 0, makeGivenLines 904 904 904 1, applyRows 904 3 904 0',
      'makeGivenLines 4096 4096 4096 1, addGradientSums 4096 3 4096 0, makeCombinations 4096 1 4096, combineRows 4096 3 4096 0, makeGivenLines 904 904 904 1, addGradientSums 904 3 904 0, makeCombinations 904 1 904, combineRows 904 3 904 0',
    ],
    [
      'with weights of each sample alone',
      instance([3, 5, 37], { useInputStats: false }),
      { ...weights(15), ...running(5) },
      'makeGivenLines 15 5 15 1, applyRows 15 37 15 0',
      'makeGivenLines 15 5 15 1, addGradientSums 15 37 15 0, makeCombinations 15 1 15, combineRows 15 37 15 0',
    ],
    [
      'with weights of each sample, and lengths',
      instance([3, 5, 20], { useInputStats: false, lengths: [20, 0, 7] }),
      { ...affine(15), ...running(5) },
      'makeGivenLines 5 5 5 1, applyRows 5 20 5 0, makeGivenLines 5 5 5 1, applyRows 5 7 5 0',
      'makeGivenLines 5 5 5 1, addGradientSums 5 20 5 0, makeCombinations 5 1 5, combineRows 5 20 5 0, makeGivenLines 5 5 5 1, addGradientSums 5 7 5 0, makeCombinations 5 1 5, combineRows 5 7 5 0',
    ],
    [
      'in short columns',
      batch([40, 5, 2], given),
      { ...affine(5), ...running(5) },
      'makeGivenLines 5 5 5 2, applyColumns 10 40 40',
      'makeGivenLines 5 5 5 2, addColumnGradientSums 10 40, makeCombinations 5 2 10, combineColumns 10 40 40',
    ],
    [
      'in columns',
      batch([40, 6, 5], { ...given, layout: 'nhwc' }),
      { ...affine(5), ...running(5) },
      'makeGivenLines 5 5 5 1, applyColumns 60 20 20',
      'makeGivenLines 5 5 5 1, addColumnGradientSums 60 20, makeCombinations 5 1 5, combineColumns 60 20 20',
    ],
    [
      'with lengths',
      batch([3, 5, 6], { ...given, lengths: [6, 0, 2] }),
      { ...affine(5), ...running(5) },
      'makeGivenLines 5 5 5 1, applyRows 5 6 5 0, applyRows 5 2 5 0',
      'makeGivenLines 5 5 5 1, addGradientSums 5 6 5 0, addGradientSums 5 2 5 0, makeCombinations 5 1 5, combineRows 5 6 5 0, combineRows 5 2 5 0',
    ],
    [
      'with a mask',
      batch([3, 5, 6], { ...given, mask: maskOf(18) }),
      { ...affine(5), ...running(5) },
      'makeGivenLines 5 5 5 1, gather 5 12 6, applyRows 5 12 5 0, scatter 5 12 6, scatter 5 6 6',
      'makeGivenLines 5 5 5 1, 2 gather 5 12 6, addGradientSums 5 12 5 0, makeCombinations 5 1 5, 2 gather 5 12 6, combineRows 5 12 5 0, scatter 5 12 6, scatter 5 6 6',
      {
        forward: 'makeGivenLines 5 5 5 1, gather 5 12 6, applyRows 5 12 5 0',
        backward:
          'makeGivenLines 5 5 5 1, 2 gather 5 12 6, addGradientSums 5 12 5 0, makeCombinations 5 1 5, 2 gather 5 12 6, combineRows 5 12 5 0',
      },
    ],
    [
      'with a mask, and weights of each sample',
      instance([3, 5, 7], { useInputStats: false, mask: maskOf(21) }),
      { ...affine(15), ...running(5) },
      'makeGivenLines 5 5 5 1, gather 5 4 7, applyRows 5 4 5 0, scatter 5 4 7, 2 (makeGivenLines 5 5 5 1, gather 5 5 7, applyRows 5 5 5 0, scatter 5 5 7), scatter 5 7 7',
      'makeGivenLines 5 5 5 1, 2 gather 5 4 7, addGradientSums 5 4 5 0, makeCombinations 5 1 5, 2 gather 5 4 7, combineRows 5 4 5 0, scatter 5 4 7, 2 (makeGivenLines 5 5 5 1, 2 gather 5 5 7, addGradientSums 5 5 5 0, makeCombinations 5 1 5, 2 gather 5 5 7, combineRows 5 5 5 0, scatter 5 5 7), scatter 5 7 7',
      {
        forward:
          'makeGivenLines 5 5 5 1, gather 5 4 7, applyRows 5 4 5 0, 2 (makeGivenLines 5 5 5 1, gather 5 5 7, applyRows 5 5 5 0)',
        backward:
          'makeGivenLines 5 5 5 1, 2 gather 5 4 7, addGradientSums 5 4 5 0, makeCombinations 5 1 5, 2 gather 5 4 7, combineRows 5 4 5 0, 2 (makeGivenLines 5 5 5 1, 2 gather 5 5 7, addGradientSums 5 5 5 0, makeCombinations 5 1 5, 2 gather 5 5 7, combineRows 5 5 5 0)',
      },
    ],
    [
      'with eps beside the deviation',
      batch([2, 5, 37], { ...given, ...std }),
      { ...affine(5), ...running(5) },
      'makeLines 5 1 5 1, applyRows 10 37 5 0',
      'makeLines 5 1 5 1, addGradientSums 10 37 5 0, makeCombinations 5 1 5, combineRows 10 37 5 0',
    ],
    [
      'with eps beside the deviation, and weights of each sample',
      instance([3, 5, 37], { useInputStats: false, ...std }),
      { ...affine(15), ...running(5) },
      'makeLines 15 1 15 1, applyRows 15 37 15 0',
      'makeLines 15 1 15 1, addGradientSums 15 37 15 0, makeCombinations 15 1 15, combineRows 15 37 15 0',
    ],
    [
      'with eps beside the deviation, in short columns',
      batch([40, 5, 2], { ...given, ...std }),
      { ...affine(5), ...running(5) },
      'makeLines 5 1 5 2, applyColumns 10 40 40',
      'makeLines 5 1 5 2, addColumnGradientSums 10 40, makeCombinations 5 2 10, combineColumns 10 40 40',
    ],
    [
      'with eps beside the deviation, of more channels than have numbers',
      instance([2, 5000, 2], { useInputStats: false, ...std }),
      { ...affine(10_000), ...running(5000) },
      '2 (makeLines 4096 1 4096 1, applyRows 4096 2 4096 0, makeLines 904 1 904 1, applyRows 904 2 904 0)',
      '2 (makeLines 4096 1 4096 1, addGradientSums 4096 2 4096 0, makeCombinations 4096 1 4096, combineRows 4096 2 4096 0, makeLines 904 1 904 1, addGradientSums 904 2 904 0, makeCombinations 904 1 904, combineRows 904 2 904 0)',
    ],
  ]);
});

describe('another deviation', () => {
  testCalls([
    [
      'of rows',
      instance([3, 5, 37], std),
      affine(5),
      'addMoments 15 37 15 0, makeLines 15 1 5 1, applyRows 15 37 15 0',
      'addMoments 15 37 15 0, makeLines 15 1 15 1, addGradientSums 15 37 15 0, makeCombinations 15 1 5, combineRows 15 37 15 0',
    ],
    [
      'of rows with weights of each sample',
      instance([3, 5, 37], std),
      affine(15),
      'addMoments 15 37 15 0, makeLines 15 1 15 1, applyRows 15 37 15 0',
      'addMoments 15 37 15 0, makeLines 15 1 15 1, addGradientSums 15 37 15 0, makeCombinations 15 1 15, combineRows 15 37 15 0',
    ],
    [
      'of rows with a weight alone',
      instance([3, 5, 37], std),
      weights(5),
      'addMoments 15 37 15 0, makeLines 15 1 5 1, applyRows 15 37 15 0',
      'addMoments 15 37 15 0, makeLines 15 1 15 1, addGradientSums 15 37 15 0, makeCombinations 15 1 5, combineRows 15 37 15 0',
    ],
    [
      'of rows with a bias alone',
      instance([3, 5, 37], std),
      biases(5),
      'addMoments 15 37 15 0, makeLines 15 1 5 1, applyRows 15 37 15 0',
      'addMoments 15 37 15 0, makeLines 15 1 15 1, addGradientSums 15 37 15 0, makeCombinations 15 1 15, combineRows 15 37 15 0',
    ],
    [
      'of columns',
      instance([2, 37, 5], { layout: 'nhwc', ...std }),
      affine(5),
      '2 (addColumnMoments 9 20, addColumnMoments 1 5, mergeMoments 15 1 5, makeLines 5 1 5 1, applyColumns 9 20 20, applyColumns 1 5 5)',
      '2 (addColumnMoments 9 20, addColumnMoments 1 5, mergeMoments 15 1 5, makeLines 5 1 5 1, addColumnGradientSums 9 20, addColumnGradientSums 1 5, makeCombinations 5 1 5, combineColumns 9 20 20, combineColumns 1 5 5)',
    ],
    [
      'of columns with weights of each sample',
      instance([2, 37, 5], { layout: 'nhwc', ...std }),
      affine(10),
      '2 (addColumnMoments 9 20, addColumnMoments 1 5, mergeMoments 15 1 5, makeLines 5 1 5 1, applyColumns 9 20 20, applyColumns 1 5 5)',
      '2 (addColumnMoments 9 20, addColumnMoments 1 5, mergeMoments 15 1 5, makeLines 5 1 5 1, addColumnGradientSums 9 20, addColumnGradientSums 1 5, makeCombinations 5 1 5, combineColumns 9 20 20, combineColumns 1 5 5)',
    ],
    [
      'of a batch',
      batch([3, 5, 37], std),
      affine(5),
      'addMoments 15 37 5 0, makeLines 5 1 5 1, applyRows 15 37 5 0',
      'addMoments 15 37 5 0, makeLines 5 1 5 1, addGradientSums 15 37 5 0, makeCombinations 5 1 5, combineRows 15 37 5 0',
    ],
    [
      'of a batch of few rows',
      batch([8, 5, 2], std),
      affine(5),
      'addColumnMoments 2 40, mergeMoments 30 1 10, mergeMoments 10 2 5, makeLines 5 1 5 2, applyColumns 2 40 40',
      'addColumnMoments 2 40, mergeMoments 30 1 10, mergeMoments 10 2 5, makeLines 5 1 5 2, addColumnGradientSums 2 40, makeCombinations 5 2 10, combineColumns 2 40 40',
    ],
    [
      'of a batch of short rows',
      batch([300, 5, 3], { correction: 1 }),
      affine(5),
      'addColumnMoments 75 60, mergeMoments 45 1 15, mergeMoments 15 3 5, makeLines 5 1 5 3, applyColumns 75 60 60',
      'addColumnMoments 75 60, mergeMoments 45 1 15, mergeMoments 15 3 5, makeLines 5 1 5 3, addColumnGradientSums 75 60, makeCombinations 5 3 15, combineColumns 75 60 60',
    ],
    [
      'of a batch of columns',
      batch([300, 30], std),
      affine(30),
      'addColumnMoments 300 30, makeLines 30 1 30 1, applyColumns 300 30 30',
      'addColumnMoments 300 30, makeLines 30 1 30 1, addColumnGradientSums 300 30, makeCombinations 30 1 30, combineColumns 300 30 30',
    ],
    [
      'of groups',
      group([2, 6, 37], 2, std),
      affine(6),
      'addMoments 12 37 12 0, mergeMoments 12 3 4, makeLines 12 3 6 1, applyRows 12 37 12 0',
      'addMoments 12 37 12 0, mergeMoments 12 3 4, makeLines 12 3 12 1, addGradientSums 12 37 12 0, makeCombinations 4 3 6, combineRows 12 37 12 0',
    ],
    [
      'of groups of columns',
      group([2, 37, 6], 2, { layout: 'nhwc', ...std }),
      affine(6),
      '2 (addColumnMoments 9 24, addColumnMoments 1 6, mergeMoments 18 1 6, mergeMoments 6 3 2, makeLines 6 3 6 1, applyColumns 9 24 24, applyColumns 1 6 6)',
      '2 (addColumnMoments 9 24, addColumnMoments 1 6, mergeMoments 18 1 6, mergeMoments 6 3 2, makeLines 6 3 6 1, addColumnGradientSums 9 24, addColumnGradientSums 1 6, makeCombinations 2 3 6, combineColumns 9 24 24, combineColumns 1 6 6)',
    ],
  ]);
});

test('a deviation that float64 can not hold leaves no gradient', () => {
  const x = new Tensor(Float32Array.of(0, 1e-45), [1, 1, 2]);
  const options = { epsMode: 'std', eps: 1e300 } as const;
  expect([...instanceNormBackward(x, x, options).input.data].map(Math.abs)).toEqual([0, 0]);
});
