import { expect, test } from 'vitest';
import * as api from '../src/index.ts';

/** The methods and getters of a class. */
function membersOf({ prototype }: { readonly prototype: object }): string[] {
  const names = Object.getOwnPropertyNames(prototype);
  return names.filter((name) => name !== 'constructor').sort();
}

test('the public names are these', () => {
  expect(Object.keys(api).sort()).toEqual([
    'Arena',
    'InstanceNorm',
    'Tensor',
    'adaptiveInstanceNorm',
    'imageToTensor',
    'instanceNorm',
    'restyle',
    'tensorToImage',
  ]);
});

test('the members of the classes are these', () => {
  expect(membersOf(api.Arena)).toEqual(['capacity', 'reset', 'tensor', 'used']);
  expect(membersOf(api.Tensor)).toEqual(['dims', 'size']);
  expect(Object.keys(new api.Tensor(new Float32Array(1), [1]))).toEqual(['data', 'shape']);
  expect(membersOf(api.InstanceNorm)).toEqual(
    ['eval', 'forward', 'resetRunningStats', 'train', 'trackRunningStats', 'training'].sort(),
  );
  expect(Object.keys(new api.InstanceNorm(1)).sort()).toEqual([
    'bias',
    'eps',
    'layout',
    'momentum',
    'numBatchesTracked',
    'numFeatures',
    'runningMean',
    'runningVar',
    'unbiased',
    'weight',
  ]);
});

test('the built package has the names of its sources', async () => {
  // In a variable, so that types are not looked for in a build.
  const name = 'wasm-norm';
  const built: object = await import(name);
  expect(Object.keys(built).sort()).toEqual(Object.keys(api).sort());
});
