import { describe } from 'vitest';
import { affine, biases, calls, running, testCalls, weights } from '../support/right.ts';

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
      biases(15),
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
      '3 (addMoments 1 300 1 0, makeLines 1 1 1 1, findPieceSums 1 300, mergePieceSums 1 300, addElementSums 1 0 300 300, makeCombinations 1 1 1, combineRows 1 300 1 0)',
    ],
    [
      'as rows where those lie last',
      group([3, 1, 300], 1, { layout: 'nhwc' }),
      affine(300),
      'normalizeRows 3 300 1 300',
      '3 (addMoments 1 300 1 0, makeLines 1 1 1 1, findPieceSums 1 300, mergePieceSums 1 300, addElementSums 1 0 300 300, makeCombinations 1 1 1, combineRows 1 300 1 0)',
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
      '2 (addColumnMoments 125 20, mergeMoments 15 1 5, makeLines 5 1 5 1, applyColumns 125 20 20)',
      '2 (addColumnMoments 125 20, mergeMoments 15 1 5, makeLines 5 1 5 1, addColumnGradientSums 125 20, makeCombinations 5 1 5, combineColumns 125 20 20)',
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
      biases(5),
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
      '2 (addColumnMoments 64 12, addColumnMoments 1 3, mergeMoments 9 1 3, makeLines 3 1 3 1, applyColumns 64 12 12, applyColumns 1 3 3)',
      '2 (addColumnMoments 64 12, addColumnMoments 1 3, mergeMoments 9 1 3, makeLines 3 1 3 1, addColumnGradientSums 64 12, addColumnGradientSums 1 3, makeCombinations 3 1 3, combineColumns 64 12 12, combineColumns 1 3 3)',
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
      '6 (addMoments 1 257 1 0, makeLines 1 1 1 1, findPieceSums 1 257, mergePieceSums 1 257, addElementSums 1 0 257 257, makeCombinations 1 1 1, combineRows 1 257 1 0)',
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
      'addColumnMoments 33 12, mergeMoments 9 1 3, makeLines 3 1 3 1, applyColumns 33 12 12',
      'addColumnMoments 33 12, mergeMoments 9 1 3, makeLines 3 1 3 1, addColumnGradientSums 33 12, makeCombinations 3 1 3, combineColumns 33 12 12',
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
      'addColumnMoments 75 20, mergeMoments 15 1 5, makeLines 5 1 5 1, applyColumns 75 20 20, normalizeColumns 1 20 5 1 1 5',
      'addColumnMoments 75 20, mergeMoments 15 1 5, makeLines 5 1 5 1, addColumnGradientSums 75 20, makeCombinations 5 1 5, combineColumns 75 20 20, differentiateColumns 1 20 5 1 1 5',
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
      '2 (addColumnMoments 2 1032, mergeMoments 1032 6 172, makeLines 1032 6 1032 1, applyColumns 2 1032 1032)',
      '2 (addColumnMoments 2 1032, mergeMoments 1032 6 172, makeLines 1032 6 1032 1, addColumnGradientSums 2 1032, makeCombinations 172 6 1032, combineColumns 2 1032 1032)',
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
      'addColumnMoments 100 90, mergeMoments 90 45 2, makeLines 90 45 90 1, applyColumns 100 90 90',
      'addColumnMoments 100 90, mergeMoments 90 45 2, makeLines 90 45 90 1, addColumnGradientSums 100 90, makeCombinations 2 45 90, combineColumns 100 90 90',
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
      '2 (addMoments 4 513 2 0, makeLines 1026 513 1026 1, applyColumns 2 1026 1026)',
      '2 (addMoments 4 513 2 0, makeLines 1026 513 1026 1, addColumnGradientSums 2 1026, makeCombinations 2 513 1026, combineColumns 2 1026 1026)',
    ],
    [
      'and where there are biases',
      group([2, 2, 1026], 2, { layout }),
      biases(1026),
      '2 (addMoments 4 513 2 0, makeLines 1026 513 1026 1, applyColumns 2 1026 1026)',
      '2 (addMoments 4 513 2 0, makeLines 1026 513 1026 1, addColumnGradientSums 2 1026, makeCombinations 2 513 1026, combineColumns 2 1026 1026)',
    ],
    [
      'with lines for each, in columns where rows are short',
      group([2, 2, 1032], 172, { layout }),
      affine(1032),
      '2 (addColumnMoments 2 1032, mergeMoments 1032 6 172, makeLines 1032 6 1032 1, applyColumns 2 1032 1032)',
      '2 (addColumnMoments 2 1032, mergeMoments 1032 6 172, makeLines 1032 6 1032 1, addColumnGradientSums 2 1032, makeCombinations 172 6 1032, combineColumns 2 1032 1032)',
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
      '2 (addColumnMoments 2 1024, mergeMoments 1024 512 2, makeLines 1024 512 1024 1, applyColumns 2 1024 1024)',
      '2 (addColumnMoments 2 1024, mergeMoments 1024 512 2, makeLines 1024 512 1024 1, addColumnGradientSums 2 1024, makeCombinations 2 512 1024, combineColumns 2 1024 1024)',
    ],
    [
      'with another deviation, of one place',
      group([2, 1, 2052], 4, { layout, correction: 1 }),
      {},
      '2 (addMoments 4 513 4 0, makeLines 2052 513 2052 1, applyColumns 1 2052 2052)',
      'addMoments 8 513 8 0, makeLines 8 1 8 1, addGradientSums 8 513 8 0, makeCombinations 8 1 8, combineRows 8 513 8 0',
    ],
    [
      'with another deviation, of short rows',
      group([3, 7, 6], 2, { layout, correction: 1 }),
      {},
      '3 (addColumnMoments 1 24, addColumnMoments 3 6, mergeMoments 18 1 6, mergeMoments 6 3 2, makeLines 6 3 6 1, applyColumns 1 24 24, applyColumns 3 6 6)',
      '3 (addColumnMoments 1 24, addColumnMoments 3 6, mergeMoments 18 1 6, mergeMoments 6 3 2, makeLines 6 3 6 1, addColumnGradientSums 1 24, addColumnGradientSums 3 6, makeCombinations 2 3 6, combineColumns 1 24 24, combineColumns 3 6 6)',
    ],
    [
      'of one channel are channels',
      group([1, 500, 5], 5, { layout }),
      {},
      'addColumnMoments 125 20, mergeMoments 15 1 5, makeLines 5 1 5 1, applyColumns 125 20 20',
      'addColumnMoments 125 20, mergeMoments 15 1 5, makeLines 5 1 5 1, addColumnGradientSums 125 20, makeCombinations 5 1 5, combineColumns 125 20 20',
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
      weights(6),
      'normalizeRows 6 2 40 6',
      'differentiateRows 6 2 40 6',
    ],
    [
      'are none with a bias',
      group([2, 6, 40], 3),
      biases(6),
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
