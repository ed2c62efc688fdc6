import { expect, test } from 'vitest';
import { gradientsOver } from '../../src/kernels/gradients.ts';
import { createMemory, kernelsOver } from '../../src/kernels/kernels.ts';
import { pixelsOver } from '../../src/kernels/pixels.ts';
import { CUTS } from '../../src/workers/cuts.ts';

// Work on channels, of which there are few, or on tiles of masks, bits and columns.
const OF_ONE_THREAD = [
  'addElementGradientSums',
  'chooseByMask',
  'findScales',
  'findTissue',
  'hideByMask',
  'makeCombinations',
  'makeGivenLines',
  'makeLines',
  'mergeMoments',
  'narrow',
  'transpose',
  'widen',
];

test('every kernel is dealt out, or known to be work of one thread', () => {
  const instances = createMemory(65536);
  const modules = [kernelsOver(instances), gradientsOver(instances), pixelsOver(instances)];
  const names = modules
    .flatMap((kernels) => Object.entries(kernels))
    .filter(([, value]) => typeof value === 'function')
    .map(([name]) => name);
  expect(Object.keys(CUTS).filter((name) => !names.includes(name))).toEqual([]);
  expect(names.filter((name) => !(name in CUTS)).sort()).toEqual(OF_ONE_THREAD);
});
