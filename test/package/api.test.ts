import { describe, expect, test } from 'vitest';
import * as api from '../../src/index.ts';

// Members that layers override, and TypeScript hides from users.
const PROTECTED = [
  'backwardOptions',
  'checkInput',
  'commonOptions',
  'differentiate',
  'forwardOptions',
  'run',
  'runningStats',
  'stateEntries',
];

/** Returns the names of an object's fields, methods and accessors, own and inherited. */
function membersOf(object: object): string[] {
  const names = new Set<string>();
  for (let at = object; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names].filter((name) => name !== 'constructor' && !PROTECTED.includes(name)).sort();
}

/** Returns the names of a class's static members. */
function staticsOf(type: object): string[] {
  const names = Object.getOwnPropertyNames(type);
  return names.filter((name) => !['length', 'name', 'prototype'].includes(name));
}

test('the public names are these', () => {
  expect(Object.keys(api).sort()).toEqual([
    'Arena',
    'BatchNorm',
    'BatchNormSums',
    'ChannelMoments',
    'GroupNorm',
    'ImageMoments',
    'InstanceNorm',
    'LayerNorm',
    'RMSNorm',
    'RevIN',
    'SharedArena',
    'Tensor',
    'adaptiveInstanceNorm',
    'batchNorm',
    'batchNormBackward',
    'foldBatchNorm',
    'groupNorm',
    'groupNormBackward',
    'imageMoments',
    'imageToTensor',
    'instanceNorm',
    'instanceNormBackward',
    'layerNorm',
    'layerNormBackward',
    'normalize',
    'normalizeBackward',
    'openSafetensors',
    'readSafetensors',
    'ready',
    'restyle',
    'rmsNorm',
    'rmsNormBackward',
    'syncBatchNorm',
    'syncBatchNormBackward',
    'tensorToImage',
    'tissueMask',
    'writeSafetensors',
  ]);
});

describe('the members are these:', () => {
  const layer = [
    'backward',
    'eps',
    'eval',
    'forward',
    'loadStateDict',
    'stateDict',
    'train',
    'training',
    'weight',
  ];
  const channelNorm = [
    ...layer,
    'bias',
    'layout',
    'momentum',
    'numBatchesTracked',
    'numFeatures',
    'resetRunningStats',
    'runningMean',
    'runningVar',
    'trackRunningStats',
    'unbiased',
  ];
  const members: [string, object, string[]][] = [
    [
      'Tensor',
      new api.Tensor(new Float32Array(1), [1]),
      ['data', 'dims', 'dtype', 'shape', 'size'],
    ],
    ['Arena', new api.Arena(64), ['capacity', 'image', 'reset', 'tensor', 'used']],
    [
      'SharedArena',
      new api.SharedArena(64, { threads: 1 }),
      ['capacity', 'close', 'image', 'ready', 'reason', 'reset', 'tensor', 'threads', 'used'],
    ],
    ['InstanceNorm', new api.InstanceNorm(1), channelNorm],
    ['BatchNorm', new api.BatchNorm(1), [...channelNorm, 'setRunningStats']],
    ['LayerNorm', new api.LayerNorm(1), [...layer, 'axes', 'bias', 'normalizedShape']],
    ['RMSNorm', new api.RMSNorm(1), [...layer, 'axes', 'normalizedShape']],
    [
      'RevIN',
      new api.RevIN(1),
      [
        'affineBias',
        'affineWeight',
        'backward',
        'denormalize',
        'eps',
        'layout',
        'loadStateDict',
        'normalize',
        'numFeatures',
        'stateDict',
        'subtractLast',
      ],
    ],
    [
      'GroupNorm',
      new api.GroupNorm(1, 1),
      [...layer, 'bias', 'layout', 'numChannels', 'numGroups'],
    ],
    [
      'ChannelMoments',
      new api.ChannelMoments(1),
      ['count', 'mean', 'merge', 'numFeatures', 'std', 'toJSON', 'update', 'variance'],
    ],
    [
      'BatchNormSums',
      new api.BatchNormSums(1),
      ['count', 'gradients', 'merge', 'numFeatures', 'products', 'toJSON', 'update'],
    ],
    [
      'ImageMoments',
      new api.ImageMoments(),
      ['count', 'mean', 'merge', 'space', 'std', 'toJSON', 'variance'],
    ],
  ];

  test.each(members)('%s', (_, object, names) => {
    expect(membersOf(object)).toEqual([...names].sort());
  });

  test('of the classes themselves', () => {
    const classes = Object.entries(api).filter(([name]) => /^[A-Z]/.test(name));
    const statics = Object.fromEntries(classes.map(([name, value]) => [name, staticsOf(value)]));
    expect(statics).toEqual({
      Arena: [],
      BatchNorm: [],
      BatchNormSums: ['fromJSON'],
      ChannelMoments: ['fromJSON'],
      GroupNorm: [],
      ImageMoments: ['fromJSON'],
      InstanceNorm: [],
      LayerNorm: [],
      RMSNorm: [],
      RevIN: [],
      SharedArena: [],
      Tensor: [],
    });
  });
});

test('the built package has the names of its sources', async () => {
  // The name is in a variable, so that TypeScript does not look for the types of a build.
  const name = 'wasm-norm';
  const built: object = await import(name);
  expect(Object.keys(built).sort()).toEqual(Object.keys(api).sort());
});
