import { describe } from 'vitest';
import { affine, biases, calls, maskOf, testCalls, weights } from '../support/right.ts';

const { group, layer, rms } = calls;

const rows = 20;

describe('layer normalization', () => {
  testCalls([
    [
      'of rows',
      layer([5, 7], [7]),
      affine(7),
      'normalizeRows 5 7 1 7',
      'addMoments 5 7 5 0, makeLines 5 1 5 1, addElementGradientSums 5 7, makeCombinations 5 1 5, combineRows 5 7 5 0',
    ],
    [
      'of two dimensions',
      layer([5, 7, 4], [7, 4]),
      affine(28),
      'normalizeRows 5 28 1 28',
      'addMoments 5 28 5 0, makeLines 5 1 5 1, addElementGradientSums 5 28, makeCombinations 5 1 5, combineRows 5 28 5 0',
    ],
    [
      'without parameters',
      layer([5, 7], [7]),
      {},
      'normalizeRows 5 7 1 7',
      'addMoments 5 7 5 0, makeLines 5 1 5 1, addGradientSums 5 7 5 0, makeCombinations 5 1 5, combineRows 5 7 5 0',
    ],
    [
      'of all of a tensor',
      layer([5, 7], [5, 7]),
      affine(35),
      'normalizeRows 1 35 1 35',
      'addMoments 1 35 1 0, makeLines 1 1 1 1, addElementGradientSums 1 35, makeCombinations 1 1 1, combineRows 1 35 1 0',
    ],
    ['of rows without elements', layer([5, 0], [0]), {}, '', ''],
    ['of no rows', layer([0, 5], [5]), affine(5), '', ''],
    [
      'with weights of each sample',
      layer([4, 6, 5], [5], { axes: [2] }),
      affine(20),
      '4 normalizeRows 6 5 1 5',
      '4 (addMoments 6 5 6 0, makeLines 6 1 6 1, addElementGradientSums 6 5, makeCombinations 6 1 6, combineRows 6 5 6 0)',
    ],
    [
      'with weights of each sample that is a row',
      layer([4, 30], [30], { axes: [1] }),
      affine(120),
      'normalizeRows 4 30 1 120',
      '4 (addMoments 1 30 1 0, makeLines 1 1 1 1, addElementGradientSums 1 30, makeCombinations 1 1 1, combineRows 1 30 1 0)',
    ],
    [
      'with biases of each sample that is a row',
      layer([4, 30], [30], { axes: [1] }),
      biases(120),
      'normalizeRows 4 30 1 120',
      '4 (addMoments 1 30 1 0, makeLines 1 1 1 1, addElementGradientSums 1 30, makeCombinations 1 1 1, combineRows 1 30 1 0)',
    ],
    [
      'of axes that lie together',
      layer([4, 6, 5], [6], { axes: [1] }),
      affine(6),
      'normalizeTiles 4 6 5 5 5',
      '4 (2 transpose 6 5 6 5, addMoments 5 6 5 0, makeLines 5 1 5 1, addElementGradientSums 5 6, makeCombinations 5 1 5, combineRows 5 6 5 0, transpose 5 6 5 6)',
      { forward: '4 normalizeTiles 1 6 5 5 5' },
    ],
    [
      'of axes that lie together, with weights of each sample',
      layer([4, 6, 5], [6], { axes: [1] }),
      affine(24),
      '4 normalizeTiles 1 6 5 5 5',
      '4 (2 transpose 6 5 6 5, addMoments 5 6 5 0, makeLines 5 1 5 1, addElementGradientSums 5 6, makeCombinations 5 1 5, combineRows 5 6 5 0, transpose 5 6 5 6)',
    ],
    ['of axes that do not', layer([4, 6, 5], [4, 5], { axes: [0, 2] }), affine(20), '', ''],
    ['of axes in another order', layer([4, 6, 5], [5, 6], { axes: [2, 1] }), affine(30), '', ''],
    [
      'of axes in another order, with weights of each sample',
      layer([4, 6, 5], [5, 6], { axes: [2, 1] }),
      affine(120),
      '',
      '',
    ],
    [
      'of more axes than have weights at once',
      layer([2, 4100, 3], [4100], { axes: [1] }),
      affine(4100),
      '',
      '',
    ],
    [
      'of axes that lie together, without parameters',
      layer([4, 6, 5], [6], { axes: [1] }),
      {},
      'normalizeTiles 4 6 5 5 5',
      '4 (2 transpose 6 5 6 5, addMoments 5 6 5 0, makeLines 5 1 5 1, addGradientSums 5 6 5 0, makeCombinations 5 1 5, combineRows 5 6 5 0, transpose 5 6 5 6)',
      { forward: '4 normalizeTiles 1 6 5 5 5' },
    ],
    [
      'of axes that lie together, with a bias alone',
      layer([4, 6, 5], [6], { axes: [1] }),
      biases(6),
      'normalizeTiles 4 6 5 5 5',
      '4 (2 transpose 6 5 6 5, addMoments 5 6 5 0, makeLines 5 1 5 1, addElementGradientSums 5 6, makeCombinations 5 1 5, combineRows 5 6 5 0, transpose 5 6 5 6)',
      { forward: '4 normalizeTiles 1 6 5 5 5' },
    ],
    [
      'of as many axes as have weights at once',
      layer([1, 4096, 2], [4096], { axes: [1] }),
      affine(4096),
      'normalizeTiles 1 4096 2 2 2',
      '2 transpose 4096 2 4096 2, addMoments 2 4096 2 0, makeLines 2 1 2 1, addElementGradientSums 2 4096, makeCombinations 2 1 2, combineRows 2 4096 2 0, transpose 2 4096 2 4096',
    ],
    [
      'with a mask, and weights of each sample that is a row',
      layer([4, 30], [30], { axes: [1], mask: maskOf(120) }),
      affine(120),
      '4 (gather 1 20 30, normalizeRows 1 20 1 20, scatter 1 20 30, scatter 1 10 0)',
      '4 (2 gather 1 20 30, addMoments 1 20 1 0, makeLines 1 1 1 1, addElementGradientSums 1 20, makeCombinations 1 1 1, combineRows 1 20 1 0, scatter 1 20 30, scatter 1 10 0)',
      {
        forward: '4 (gather 1 20 30, normalizeRows 1 20 1 20)',
        backward:
          '4 (2 gather 1 20 30, addMoments 1 20 1 0, makeLines 1 1 1 1, addElementGradientSums 1 20, makeCombinations 1 1 1, combineRows 1 20 1 0)',
      },
    ],
    [
      'with a weight of each sample alone',
      layer([4, 6, 5], [5], { axes: [2] }),
      weights(20),
      '4 normalizeRows 6 5 1 5',
      '4 (addMoments 6 5 6 0, makeLines 6 1 6 1, addElementGradientSums 6 5, makeCombinations 6 1 6, combineRows 6 5 6 0)',
    ],
    [
      'with a bias of each sample alone',
      layer([4, 6, 5], [5], { axes: [2] }),
      biases(20),
      '4 normalizeRows 6 5 1 5',
      '4 (addMoments 6 5 6 0, makeLines 6 1 6 1, addElementGradientSums 6 5, makeCombinations 6 1 6, combineRows 6 5 6 0)',
    ],
    [
      'with a mask of elements that holds nothing',
      layer([4, 6], [6], { mask: new Uint8Array(24) }),
      affine(6),
      'scatter 1 24 0',
      'scatter 1 24 0',
      { forward: '', backward: '' },
    ],
    ['with a mask of no elements', layer([3, 0], [0], { mask: new Uint8Array(0) }), {}, '', ''],
    [
      'about 0 of axes',
      rms([4, 6, 5], [6], { axes: [1] }),
      weights(6),
      'normalizeTiles 4 6 5 5 5',
      '4 (2 transpose 6 5 6 5, addMoments 5 6 5 0, makeLines 5 1 5 1, addElementGradientSums 5 6, makeCombinations 5 1 5, combineRows 5 6 5 0, transpose 5 6 5 6)',
      { forward: '4 normalizeTiles 1 6 5 5 5' },
    ],
    [
      'with a mask of rows',
      layer([4, 5, 6], [6], { mask: maskOf(rows) }),
      affine(6),
      'normalizeRows 13 6 1 6',
      'addMoments 13 6 13 0, makeLines 13 1 13 1, addElementGradientSums 13 6, makeCombinations 13 1 13, combineRows 13 6 13 0',
    ],
    [
      'with a mask of elements',
      layer([20, 6], [6], { mask: maskOf(120) }),
      affine(6),
      'gather 20 4 6, normalizeRows 20 4 1 4, scatter 20 4 6, scatter 1 40 0',
      '2 gather 20 4 6, addMoments 20 4 20 0, makeLines 20 1 20 1, addElementGradientSums 20 4, makeCombinations 20 1 20, combineRows 20 4 20 0, scatter 20 4 6, scatter 1 40 0',
      {
        forward: 'gather 20 4 6, normalizeRows 20 4 1 4',
        backward:
          '2 gather 20 4 6, addMoments 20 4 20 0, makeLines 20 1 20 1, addElementGradientSums 20 4, makeCombinations 20 1 20, combineRows 20 4 20 0',
      },
    ],
    [
      'with a mask of elements that is the same in some rows',
      layer([20, 6], [6], { mask: maskOf(120, 5) }),
      affine(6),
      '4 (gather 1 4 6, normalizeRows 1 4 1 4, scatter 1 4 6, 4 (gather 1 5 6, normalizeRows 1 5 1 5, scatter 1 5 6)), scatter 1 24 0',
      '2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, scatter 1 4 6, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6), 2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, scatter 1 4 6, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6), 2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, scatter 1 4 6, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6), 2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, scatter 1 4 6, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6), scatter 1 24 0',
      {
        forward: '4 (gather 1 4 6, normalizeRows 1 4 1 4, 4 (gather 1 5 6, normalizeRows 1 5 1 5))',
        backward:
          '2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0), 2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0), 2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0), 2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0)',
      },
    ],
    [
      'with a mask and no weights',
      layer([20, 6], [6], { mask: maskOf(120) }),
      {},
      'gather 20 4 6, normalizeRows 20 4 1 4, scatter 20 4 6, scatter 1 40 0',
      '2 gather 20 4 6, addMoments 20 4 20 0, makeLines 20 1 20 1, addGradientSums 20 4 20 0, makeCombinations 20 1 20, combineRows 20 4 20 0, scatter 20 4 6, scatter 1 40 0',
      {
        forward: 'gather 20 4 6, normalizeRows 20 4 1 4',
        backward:
          '2 gather 20 4 6, addMoments 20 4 20 0, makeLines 20 1 20 1, addGradientSums 20 4 20 0, makeCombinations 20 1 20, combineRows 20 4 20 0',
      },
    ],
    [
      'with a mask and a bias alone',
      layer([20, 6], [6], { mask: maskOf(120) }),
      biases(6),
      'gather 20 4 6, normalizeRows 20 4 1 4, scatter 20 4 6, scatter 1 40 0',
      '2 gather 20 4 6, addMoments 20 4 20 0, makeLines 20 1 20 1, addElementGradientSums 20 4, makeCombinations 20 1 20, combineRows 20 4 20 0, scatter 20 4 6, scatter 1 40 0',
      {
        forward: 'gather 20 4 6, normalizeRows 20 4 1 4',
        backward:
          '2 gather 20 4 6, addMoments 20 4 20 0, makeLines 20 1 20 1, addElementGradientSums 20 4, makeCombinations 20 1 20, combineRows 20 4 20 0',
      },
    ],
    [
      'with a mask of axes',
      layer([4, 6, 5], [6], { axes: [1], mask: maskOf(120) }),
      affine(6),
      '',
      '',
    ],
    [
      'with a mask of the rows of axes',
      layer([4, 6, 5], [6], { axes: [1], mask: maskOf(rows) }),
      affine(6),
      '',
      '',
    ],
    [
      'with a mask of rows, and weights of each sample',
      layer([4, 5, 6], [6], { axes: [2], mask: maskOf(rows) }),
      affine(24),
      '2 normalizeRows 3 6 1 6, normalizeRows 4 6 1 6, normalizeRows 3 6 1 6',
      '2 (addMoments 3 6 3 0, makeLines 3 1 3 1, addElementGradientSums 3 6, makeCombinations 3 1 3, combineRows 3 6 3 0), addMoments 4 6 4 0, makeLines 4 1 4 1, addElementGradientSums 4 6, makeCombinations 4 1 4, combineRows 4 6 4 0, addMoments 3 6 3 0, makeLines 3 1 3 1, addElementGradientSums 3 6, makeCombinations 3 1 3, combineRows 3 6 3 0',
    ],
    [
      'with a mask of elements, and weights of each sample',
      layer([4, 5, 6], [6], { axes: [2], mask: maskOf(120, 7) }),
      affine(24),
      '5 (gather 1 5 6, normalizeRows 1 5 1 5, scatter 1 5 6), scatter 1 5 0, gather 1 5 6, normalizeRows 1 5 1 5, scatter 1 5 6, gather 1 6 6, normalizeRows 1 6 1 6, scatter 1 6 6, 3 (gather 1 5 6, normalizeRows 1 5 1 5, scatter 1 5 6), scatter 1 4 0, 3 (gather 1 5 6, normalizeRows 1 5 1 5, scatter 1 5 6), gather 1 6 6, normalizeRows 1 6 1 6, scatter 1 6 6, gather 1 5 6, normalizeRows 1 5 1 5, scatter 1 5 6, scatter 1 4 0, 5 (gather 1 5 6, normalizeRows 1 5 1 5, scatter 1 5 6), scatter 1 5 0',
      '5 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6), scatter 1 5 0, 2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6, 2 gather 1 6 6, addMoments 1 6 1 0, makeLines 1 1 1 1, addElementGradientSums 1 6, makeCombinations 1 1 1, combineRows 1 6 1 0, scatter 1 6 6, 3 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6), scatter 1 4 0, 3 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6), 2 gather 1 6 6, addMoments 1 6 1 0, makeLines 1 1 1 1, addElementGradientSums 1 6, makeCombinations 1 1 1, combineRows 1 6 1 0, scatter 1 6 6, 2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6, scatter 1 4 0, 5 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6), scatter 1 5 0',
      {
        forward:
          '2 (6 (gather 1 5 6, normalizeRows 1 5 1 5), gather 1 6 6, normalizeRows 1 6 1 6), 6 (gather 1 5 6, normalizeRows 1 5 1 5)',
        backward:
          '6 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0), 2 gather 1 6 6, addMoments 1 6 1 0, makeLines 1 1 1 1, addElementGradientSums 1 6, makeCombinations 1 1 1, combineRows 1 6 1 0, 6 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0), 2 gather 1 6 6, addMoments 1 6 1 0, makeLines 1 1 1 1, addElementGradientSums 1 6, makeCombinations 1 1 1, combineRows 1 6 1 0, 6 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0)',
      },
    ],
    [
      'with a mask and another deviation',
      layer([20, 6], [6], { mask: maskOf(120, 5), epsMode: 'std' }),
      affine(6),
      'gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, applyElements 1 4, scatter 1 4 6, 4 (gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, applyElements 1 5, scatter 1 5 6), gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, applyElements 1 4, scatter 1 4 6, 4 (gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, applyElements 1 5, scatter 1 5 6), gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, applyElements 1 4, scatter 1 4 6, 4 (gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, applyElements 1 5, scatter 1 5 6), gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, applyElements 1 4, scatter 1 4 6, 4 (gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, applyElements 1 5, scatter 1 5 6), scatter 1 24 0',
      '2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, scatter 1 4 6, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6), 2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, scatter 1 4 6, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6), 2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, scatter 1 4 6, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6), 2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, scatter 1 4 6, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0, scatter 1 5 6), scatter 1 24 0',
      {
        forward:
          'gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, applyElements 1 4, 4 (gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, applyElements 1 5), gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, applyElements 1 4, 4 (gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, applyElements 1 5), gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, applyElements 1 4, 4 (gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, applyElements 1 5), gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, applyElements 1 4, 4 (gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, applyElements 1 5)',
        backward:
          '2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0), 2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0), 2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0), 2 gather 1 4 6, addMoments 1 4 1 0, makeLines 1 1 1 1, addElementGradientSums 1 4, makeCombinations 1 1 1, combineRows 1 4 1 0, 4 (2 gather 1 5 6, addMoments 1 5 1 0, makeLines 1 1 1 1, addElementGradientSums 1 5, makeCombinations 1 1 1, combineRows 1 5 1 0)',
      },
    ],
    [
      'with a mask that holds nothing',
      layer([4, 6], [6], { mask: new Uint8Array(4) }),
      affine(6),
      '',
      '',
    ],
    [
      'with a mask that holds all',
      layer([4, 6], [6], { mask: new Uint8Array(24).fill(1) }),
      affine(6),
      'normalizeRows 4 6 1 6',
      'addMoments 4 6 4 0, makeLines 4 1 4 1, addElementGradientSums 4 6, makeCombinations 4 1 4, combineRows 4 6 4 0',
    ],
    [
      'with a mask of a long row',
      layer([2, 4200], [4200], { mask: maskOf(8400, 2100) }),
      affine(4200),
      'gather 2 4198 4200, normalizeRows 2 4198 1 4198, scatter 2 4198 4200, scatter 1 4 0',
      '2 gather 2 4198 4200, addMoments 2 4198 2 0, makeLines 2 1 2 1, findPieceSums 2 4198, mergePieceSums 2 4198, addElementSums 2 0 4198 4198, makeCombinations 2 1 2, combineRows 2 4198 2 0, scatter 2 4198 4200, scatter 1 4 0',
      {
        forward: 'gather 2 4198 4200, normalizeRows 2 4198 1 4198',
        backward:
          '2 gather 2 4198 4200, addMoments 2 4198 2 0, makeLines 2 1 2 1, findPieceSums 2 4198, mergePieceSums 2 4198, addElementSums 2 0 4198 4198, makeCombinations 2 1 2, combineRows 2 4198 2 0',
      },
    ],
  ]);
});

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
      biases(30),
      'normalizeRows 20 30 1 30',
      'addMoments 20 30 20 0, makeLines 20 1 20 1, addElementGradientSums 20 30, makeCombinations 20 1 20, combineRows 20 30 20 0',
    ],
    [
      'in pieces',
      layer([2, 9000], [9000]),
      affine(9000),
      'normalizeRows 2 9000 1 9000',
      'addMoments 2 9000 2 0, makeLines 2 1 2 1, findPieceSums 2 9000, mergePieceSums 2 9000, addElementSums 2 0 9000 9000, makeCombinations 2 1 2, combineRows 2 9000 2 0',
    ],
    [
      'in pieces without weights',
      layer([2, 9000], [9000]),
      {},
      'normalizeRows 2 9000 1 9000',
      'addMoments 2 9000 2 0, makeLines 2 1 2 1, 2 (addGradientSums 2 4096 1 0, addGradientSums 1 808 1 0), makeCombinations 2 1 2, combineRows 2 9000 2 0',
    ],
    [
      'in pieces with a bias alone',
      layer([2, 9000], [9000]),
      biases(9000),
      'normalizeRows 2 9000 1 9000',
      'addMoments 2 9000 2 0, makeLines 2 1 2 1, findPieceSums 2 9000, mergePieceSums 2 9000, addElementSums 2 0 9000 9000, makeCombinations 2 1 2, combineRows 2 9000 2 0',
    ],
    [
      'in pieces, with another deviation',
      layer([2, 4100], [4100], { correction: 1 }),
      affine(4100),
      'addMoments 2 4100 2 0, makeLines 2 1 2 1, applyElements 2 4100',
      'addMoments 2 4100 2 0, makeLines 2 1 2 1, findPieceSums 2 4100, mergePieceSums 2 4100, addElementSums 2 0 4100 4100, makeCombinations 2 1 2, combineRows 2 4100 2 0',
    ],
    [
      'in columns',
      layer([2, 20, 30], [20], { axes: [1] }),
      affine(20),
      'normalizeTiles 2 20 30 30 30',
      '2 (2 transpose 20 30 20 30, addMoments 30 20 30 0, makeLines 30 1 30 1, addElementGradientSums 30 20, makeCombinations 30 1 30, combineRows 30 20 30 0, transpose 30 20 30 20)',
      { forward: '2 normalizeTiles 1 20 30 30 30' },
    ],
    [
      'in many columns',
      layer([1, 20, 900], [20], { axes: [1] }),
      affine(20),
      'normalizeTiles 1 20 900 900 900',
      '2 transpose 20 900 20 900, addMoments 816 20 816 0, makeLines 816 1 816 1, addElementGradientSums 816 20, makeCombinations 816 1 816, combineRows 816 20 816 0, addMoments 84 20 84 0, makeLines 84 1 84 1, addElementGradientSums 84 20, makeCombinations 84 1 84, combineRows 84 20 84 0, transpose 900 20 900 20',
    ],
    [
      'of one element each, of several channels',
      group([3, 520], 2),
      affine(520),
      'normalizeRows 6 260 1 520',
      '6 (addMoments 1 260 1 0, makeLines 1 1 1 1, findPieceSums 1 260, mergePieceSums 1 260, addElementSums 1 0 260 260, makeCombinations 1 1 1, combineRows 1 260 1 0)',
    ],
    [
      'of one element each, of more than have weights',
      group([2, 9000], 2),
      affine(9000),
      'normalizeRows 4 4500 1 9000',
      '4 (addMoments 1 4500 1 0, makeLines 1 1 1 1, findPieceSums 1 4500, mergePieceSums 1 4500, addElementSums 1 0 4500 4500, makeCombinations 1 1 1, combineRows 1 4500 1 0)',
    ],
    [
      'of one element each, with a weight of all samples and a bias of each',
      group([2, 257], 1),
      { ...weights(257), ...biases(514) },
      'normalizeRows 2 257 1 514',
      '2 (addMoments 1 257 1 0, makeLines 1 1 1 1, findPieceSums 1 257, mergePieceSums 1 257, addElementSums 1 0 257 257, makeCombinations 1 1 1, combineRows 1 257 1 0)',
    ],
    [
      'of one element each, with a bias of each sample',
      group([2, 600], 2),
      biases(600),
      'normalizeRows 4 300 1 600',
      '4 (addMoments 1 300 1 0, makeLines 1 1 1 1, findPieceSums 1 300, mergePieceSums 1 300, addElementSums 1 0 300 300, makeCombinations 1 1 1, combineRows 1 300 1 0)',
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
      ],
      [
        'of layer norm, too',
        layer([400, 700], [700]),
        affine(700),
        'normalizeRows 400 700 1 700',
        'addMoments 400 700 400 0, makeLines 400 1 400 1, addElementGradientSums 400 700, makeCombinations 400 1 400, combineRows 400 700 400 0',
        {
          forward: 'normalizeRows 374 700 1 700, normalizeRows 26 700 1 700',
          backward:
            'addMoments 368 700 368 0, makeLines 368 1 368 1, addElementGradientSums 368 700, makeCombinations 368 1 368, combineRows 368 700 368 0, addMoments 32 700 32 0, makeLines 32 1 32 1, addElementGradientSums 32 700, makeCombinations 32 1 32, combineRows 32 700 32 0',
        },
      ],
    ],
    2,
  );
});
