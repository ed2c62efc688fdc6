import { describe } from 'vitest';
import { affine, calls, running, testCalls } from '../support/right.ts';

const { instance, batch, group } = calls;

describe('channels of few elements are columns', () => {
  testCalls([
    [
      'rows of up to 32, backward of up to 56',
      instance([3, 5, 32]),
      {},
      'normalizeColumns 1 1 15 32 1 1',
      'differentiateColumns 1 1 15 32 1 1',
    ],
    [
      'longer ones backward alone',
      instance([3, 5, 33]),
      affine(5),
      'normalizeRows 15 1 33 5',
      'differentiateColumns 3 1 5 33 1 5',
    ],
    [
      'and even longer ones never',
      instance([3, 5, 57]),
      affine(5),
      'normalizeRows 15 1 57 5',
      'differentiateRows 15 1 57 5',
    ],
    [
      'a weight for each row of each sample',
      instance([3, 5, 8]),
      affine(15),
      'normalizeColumns 1 1 15 8 1 15',
      'differentiateColumns 1 1 15 8 1 15',
    ],
    [
      'a bias alone',
      instance([3, 5, 8]),
      { bias: affine(5).bias as Float32Array },
      'normalizeColumns 3 1 5 8 1 5',
      'differentiateColumns 3 1 5 8 1 5',
    ],
    [
      'no groups of rows',
      group([3, 6, 4], 2),
      affine(6),
      'normalizeRows 6 3 4 6',
      'differentiateRows 6 3 4 6',
    ],
    [
      'but groups of one',
      group([3, 6, 4], 6),
      affine(6),
      'normalizeColumns 3 1 6 4 1 6',
      'differentiateColumns 3 1 6 4 1 6',
    ],
    [
      'rows of one',
      instance([3, 5, 2]),
      affine(5),
      'normalizeColumns 3 1 5 2 1 5',
      'differentiateColumns 3 1 5 2 1 5',
    ],
    [
      'small samples with channels last',
      instance([3, 37, 5], { layout: 'nhwc' }),
      affine(15),
      'normalizeColumns 3 37 5 1 1 15',
      'differentiateColumns 3 37 5 1 1 15',
    ],
    [
      'more samples than a strip has',
      instance([700, 2, 7], { layout: 'nhwc' }),
      affine(7),
      'normalizeColumns 585 2 7 1 1 7, normalizeColumns 115 2 7 1 1 7',
      'differentiateColumns 585 2 7 1 1 7, differentiateColumns 115 2 7 1 1 7',
    ],
    [
      'groups in them',
      group([3, 7, 6], 2, { layout: 'nhwc' }),
      affine(6),
      'normalizeColumns 3 7 6 1 3 6',
      'differentiateColumns 3 7 6 1 3 6',
    ],
    [
      'no larger ones',
      instance([2, 257, 3], { layout: 'nhwc' }),
      affine(3),
      '2 (addColumnMoments 64 12, addColumnMoments 1 3, mergeMoments 9 1 3, makeLines 3 1 3 1, applyColumns 64 12, applyColumns 1 3)',
      '2 (addColumnMoments 64 12, addColumnMoments 1 3, mergeMoments 9 1 3, makeLines 3 1 3 1, addColumnGradientSums 64 12, addColumnGradientSums 1 3, makeCombinations 3 1 3, combineColumns 64 12, combineColumns 1 3)',
    ],
    [
      'samples of one channel that lies last are rows',
      instance([2, 9, 1], { layout: 'nhwc' }),
      affine(1),
      'normalizeColumns 2 1 1 9 1 1',
      'differentiateColumns 2 1 1 9 1 1',
    ],
    [
      'groups of one-element channels, backward',
      group([9, 6], 2),
      affine(6),
      'normalizeRows 18 3 1 6',
      'differentiateColumns 18 1 3 1 3 6',
    ],
    [
      'of up to 256',
      group([3, 512], 2),
      affine(512),
      'normalizeRows 6 256 1 512',
      'differentiateColumns 6 1 256 1 256 512',
    ],
    [
      'and of no more',
      group([3, 514], 2),
      affine(514),
      'normalizeRows 6 257 1 514',
      '6 (addMoments 1 257 1 0, makeLines 1 1 1 1, addElementGradientSums 1 257, makeCombinations 1 1 1, combineRows 1 257 1 0)',
    ],
    [
      'of two samples that share a strip',
      group([2, 8, 1], 4, { layout: 'nchw' }),
      affine(8),
      'normalizeRows 8 2 1 8',
      'differentiateColumns 8 1 2 1 2 8',
    ],
  ]);
});

describe('batches of few rows are columns', () => {
  testCalls([
    [
      'short rows',
      batch([3, 5, 6]),
      { ...affine(5), ...running(5) },
      'normalizeColumns 1 3 5 6 1 5',
      'differentiateColumns 1 3 5 6 1 5',
    ],
    [
      'no longer ones than samples allow',
      batch([3, 5, 14]),
      affine(5),
      'addMoments 15 14 5 0, makeLines 5 1 5 1, applyRows 15 14 5 0',
      'addMoments 15 14 5 0, makeLines 5 1 5 1, addGradientSums 15 14 5 0, makeCombinations 5 1 5, combineRows 15 14 5 0',
    ],
    [
      'one element a sample',
      batch([20, 30]),
      affine(30),
      'normalizeColumns 1 20 30 1 1 30',
      'differentiateColumns 1 20 30 1 1 30',
    ],
    [
      'few places with channels last',
      batch([8, 4, 3], { layout: 'nhwc' }),
      affine(3),
      'normalizeColumns 1 32 3 1 1 3',
      'differentiateColumns 1 32 3 1 1 3',
    ],
    [
      'not many',
      batch([33, 4, 3], { layout: 'nhwc' }),
      affine(3),
      'addColumnMoments 33 12, mergeMoments 9 1 3, makeLines 3 1 3 1, applyColumns 33 12',
      'addColumnMoments 33 12, mergeMoments 9 1 3, makeLines 3 1 3 1, addColumnGradientSums 33 12, makeCombinations 3 1 3, combineColumns 33 12',
    ],
    [
      'several strips',
      batch([4, 700, 3]),
      affine(700),
      '2 normalizeColumns 1 4 336 3 1 336, normalizeColumns 1 4 28 3 1 28',
      '2 differentiateColumns 1 4 336 3 1 336, differentiateColumns 1 4 28 3 1 28',
    ],
    [
      'a single channel is a row',
      batch([4, 1, 6]),
      affine(1),
      'addMoments 1 24 1 0, makeLines 1 1 1 1, applyRows 1 24 1 0',
      'addMoments 1 24 1 0, makeLines 1 1 1 1, addGradientSums 1 24 1 0, makeCombinations 1 1 1, combineRows 1 24 1 0',
    ],
    [
      'a single sample is rows',
      batch([1, 5, 37]),
      affine(5),
      'normalizeRows 5 1 37 5',
      'differentiateColumns 1 1 5 37 1 5',
    ],
    [
      'unless channels lie last',
      batch([1, 37, 5], { layout: 'nhwc' }),
      affine(5),
      'normalizeColumns 1 37 5 1 1 5',
      'differentiateColumns 1 37 5 1 1 5',
    ],
    [
      'a single sample of short rows',
      batch([1, 5, 7]),
      affine(5),
      'normalizeColumns 1 1 5 7 1 5',
      'differentiateColumns 1 1 5 7 1 5',
    ],
  ]);
});

describe('samples with lengths', () => {
  const lengths = [70, 0, 20];
  const short = [40, 0, 20];
  testCalls([
    [
      'are columns where they are short',
      instance([3, 5, 70], { lengths }),
      affine(5),
      'addMoments 5 70 5 0, makeLines 5 1 5 1, applyRows 5 70 5 0, normalizeColumns 1 1 5 20 1 5',
      'addMoments 5 70 5 0, makeLines 5 1 5 1, addGradientSums 5 70 5 0, makeCombinations 5 1 5, combineRows 5 70 5 0, differentiateColumns 1 1 5 20 1 5',
    ],
    [
      'with weights of their own',
      instance([3, 5, 70], { lengths }),
      affine(15),
      'addMoments 5 70 5 0, makeLines 5 1 5 1, applyRows 5 70 5 0, normalizeColumns 1 1 5 20 1 5',
      'addMoments 5 70 5 0, makeLines 5 1 5 1, addGradientSums 5 70 5 0, makeCombinations 5 1 5, combineRows 5 70 5 0, differentiateColumns 1 1 5 20 1 5',
    ],
    [
      'with channels last',
      instance([3, 40, 5], { layout: 'nhwc', lengths: short }),
      affine(15),
      'normalizeColumns 1 40 5 1 1 5, normalizeColumns 1 20 5 1 1 5',
      'differentiateColumns 1 40 5 1 1 5, differentiateColumns 1 20 5 1 1 5',
    ],
    [
      'with channels last, and longer',
      instance([3, 300, 5], { layout: 'nhwc', lengths: [300, 0, 20] }),
      affine(5),
      'addColumnMoments 75 20, mergeMoments 15 1 5, makeLines 5 1 5 1, applyColumns 75 20, normalizeColumns 1 20 5 1 1 5',
      'addColumnMoments 75 20, mergeMoments 15 1 5, makeLines 5 1 5 1, addColumnGradientSums 75 20, makeCombinations 5 1 5, combineColumns 75 20, differentiateColumns 1 20 5 1 1 5',
    ],
    [
      'not where the deviation is another',
      instance([3, 5, 40], { lengths: short, epsMode: 'std' }),
      affine(5),
      'addMoments 5 40 5 0, makeLines 5 1 5 1, applyRows 5 40 5 0, addMoments 5 20 5 0, makeLines 5 1 5 1, applyRows 5 20 5 0',
      'addMoments 5 40 5 0, makeLines 5 1 5 1, addGradientSums 5 40 5 0, makeCombinations 5 1 5, combineRows 5 40 5 0, addMoments 5 20 5 0, makeLines 5 1 5 1, addGradientSums 5 20 5 0, makeCombinations 5 1 5, combineRows 5 20 5 0',
    ],
    [
      'not where they share statistics',
      batch([3, 5, 6], { lengths: [6, 0, 2] }),
      { ...affine(5), ...running(5) },
      'addMoments 5 6 5 0, addMoments 5 2 5 0, makeLines 5 1 5 1, applyRows 5 6 5 0, applyRows 5 2 5 0',
      'addMoments 5 6 5 0, addMoments 5 2 5 0, makeLines 5 1 5 1, addGradientSums 5 6 5 0, addGradientSums 5 2 5 0, makeCombinations 5 1 5, combineRows 5 6 5 0, combineRows 5 2 5 0',
    ],
    [
      'not where a batch is one sample',
      batch([1, 5, 6], { lengths: [4] }),
      affine(5),
      'addMoments 5 4 5 0, makeLines 5 1 5 1, applyRows 5 4 5 0',
      'addMoments 5 4 5 0, makeLines 5 1 5 1, addGradientSums 5 4 5 0, makeCombinations 5 1 5, combineRows 5 4 5 0',
    ],
  ]);
});
