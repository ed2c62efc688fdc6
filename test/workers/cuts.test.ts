import { expect, test } from 'vitest';
import { gradientsOver } from '../../src/kernels/gradients.ts';
import { createMemory, kernelsOver } from '../../src/kernels/kernels.ts';
import { pixelsOver } from '../../src/kernels/pixels.ts';
import { vectorsOver } from '../../src/kernels/vectors.ts';
import { CUTS } from '../../src/workers/cuts.ts';

// Work on channels, of which there are few, or on tiles of columns.
const OF_ONE_THREAD = [
  'findScales',
  'makeCombinations',
  'makeGivenLines',
  'makeLines',
  'mergeMoments',
  'mergePieceSums',
  'transpose',
];

test('every kernel is dealt out, or known to be work of one thread', () => {
  const instances = createMemory(65536);
  const modules = [kernelsOver, gradientsOver, pixelsOver, vectorsOver].map((of) => of(instances));
  const names = modules
    .flatMap((kernels) => Object.entries(kernels))
    .filter(([, value]) => typeof value === 'function')
    .map(([name]) => name)
    .filter((name, i, all) => all.indexOf(name) === i);
  expect(Object.keys(CUTS).filter((name) => !names.includes(name))).toEqual([]);
  expect(names.filter((name) => !(name in CUTS)).sort()).toEqual(OF_ONE_THREAD);
});
