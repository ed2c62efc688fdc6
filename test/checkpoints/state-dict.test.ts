import { describe, expect, test } from 'vitest';
import {
  type AnyTensor,
  BatchNorm,
  GroupNorm,
  InstanceNorm,
  LayerNorm,
  RMSNorm,
  readSafetensors,
  Tensor,
  writeSafetensors,
} from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { normals, uniforms } from '../support/random.ts';
import { expectRefusal } from '../support/refusals.ts';

type State = Record<string, AnyTensor>;

function count(value: number | bigint): Tensor<BigInt64Array> {
  return new Tensor(BigInt64Array.of(BigInt(value)), []);
}

function vector(...values: number[]): Tensor {
  return new Tensor(Float32Array.from(values), [values.length]);
}

/** The state of a trained BatchNorm of 3 channels, its keys behind a prefix. */
function batchNormState(prefix = ''): State {
  return {
    [`${prefix}weight`]: new Tensor(normals(3, 1), [3]),
    [`${prefix}bias`]: new Tensor(normals(3, 2), [3]),
    [`${prefix}running_mean`]: new Tensor(normals(3, 3), [3]),
    [`${prefix}running_var`]: new Tensor(uniforms(3, 4, 0.5, 2), [3]),
    [`${prefix}num_batches_tracked`]: count(7),
  };
}

function without(state: State, ...names: string[]): State {
  return Object.fromEntries(Object.entries(state).filter(([name]) => !names.includes(name)));
}

describe('stateDict', () => {
  const affine = { weight: [3], bias: [3] };
  const running = { running_mean: [3], running_var: [3], num_batches_tracked: [] };
  const bare = { affine: false, trackRunningStats: false };
  const full = { affine: true, trackRunningStats: true };

  test.each([
    ['BatchNorm', new BatchNorm(3), { ...affine, ...running }],
    ['BatchNorm without parameters', new BatchNorm(3, { affine: false }), running],
    [
      'BatchNorm without running statistics',
      new BatchNorm(3, { trackRunningStats: false }),
      affine,
    ],
    ['BatchNorm without either', new BatchNorm(3, bare), {}],
    ['InstanceNorm', new InstanceNorm(3), {}],
    ['InstanceNorm with parameters', new InstanceNorm(3, { affine: true }), affine],
    [
      'InstanceNorm with running statistics',
      new InstanceNorm(3, { trackRunningStats: true }),
      running,
    ],
    ['InstanceNorm with both', new InstanceNorm(3, full), { ...affine, ...running }],
    ['GroupNorm', new GroupNorm(1, 3), affine],
    ['GroupNorm without parameters', new GroupNorm(1, 3, { affine: false }), {}],
    ['LayerNorm', new LayerNorm(3), affine],
    ['LayerNorm of two dimensions', new LayerNorm([2, 5]), { weight: [2, 5], bias: [2, 5] }],
    ['LayerNorm without a bias', new LayerNorm(3, { bias: false }), { weight: [3] }],
    ['LayerNorm without parameters', new LayerNorm(3, { elementwiseAffine: false }), {}],
    ['RMSNorm', new RMSNorm([2, 5]), { weight: [2, 5] }],
    ['RMSNorm without parameters', new RMSNorm(3, { elementwiseAffine: false }), {}],
  ])("has PyTorch's keys and shapes, in PyTorch's order: %s", (_, layer, expected) => {
    const shapes = Object.entries(layer.stateDict()).map(([name, { shape }]) => [name, shape]);
    expect(shapes).toEqual(Object.entries(expected));
  });

  test('holds what PyTorch begins with', () => {
    expect(new BatchNorm(2).stateDict()).toEqual({
      weight: vector(1, 1),
      bias: vector(0, 0),
      running_mean: vector(0, 0),
      running_var: vector(1, 1),
      num_batches_tracked: count(0),
    });
  });

  test('is a copy', () => {
    const layer = new BatchNorm(3);
    const before = layer.stateDict();
    layer.weight?.fill(5);
    layer.forward(new Tensor(normals(12, 5), [2, 3, 2]));
    expect(before).toEqual(new BatchNorm(3).stateDict());
    const { num_batches_tracked, ...arrays } = layer.stateDict();
    num_batches_tracked?.data.fill(9n);
    for (const { data } of Object.values(arrays)) data.fill(9);
    expect(layer.weight).toEqual(Float32Array.of(5, 5, 5));
    expect(layer.numBatchesTracked).toBe(1);
  });
});

describe('loadStateDict', () => {
  const makers = {
    BatchNorm: () => new BatchNorm(4),
    'InstanceNorm with both': () => new InstanceNorm(4, { affine: true, trackRunningStats: true }),
    'GroupNorm, nhwc': () => new GroupNorm(2, 4, { layout: 'nhwc' }),
    'LayerNorm of two dimensions': () => new LayerNorm([3, 4]),
    RMSNorm: () => new RMSNorm(4),
  };

  test.each(Object.entries(makers))(
    'makes a new layer the same as the one that was saved (test_save_load): %s',
    (_, make) => {
      const saved = make();
      for (const values of [saved.weight, 'bias' in saved ? saved.bias : null]) {
        values?.set(normals(values.length, 6));
      }
      saved.forward(new Tensor(normals(2 * 4 * 3 * 4, 7, 2, 3), [2, 4, 3, 4]));
      const loaded = make();
      loaded.loadStateDict(saved.stateDict());
      expect(loaded.stateDict()).toEqual(saved.stateDict());
      const x = new Tensor(normals(2 * 4 * 3 * 4, 8), [2, 4, 3, 4]);
      expectSameBits(loaded.eval().forward(x).data, saved.eval().forward(x).data);
    },
  );

  test('copies values, and keeps neither its arrays nor those of the dictionary', () => {
    const layer = new BatchNorm(3);
    const { weight } = layer;
    const state = batchNormState();
    layer.loadStateDict(state);
    expect(layer.weight).toBe(weight);
    const { num_batches_tracked, ...arrays } = state;
    num_batches_tracked?.data.fill(0n);
    for (const { data } of Object.values(arrays)) data.fill(0);
    expect(layer.stateDict()).toEqual(batchNormState());
  });

  test('takes the keys behind a prefix, and ignores others', () => {
    const layer = new BatchNorm(3);
    layer.loadStateDict(
      {
        'decoder.norm.weight': vector(1),
        ...batchNormState('encoder.norm.'),
        'encoder.norm2.weight': vector(1),
        weight: vector(1),
      },
      { prefix: 'encoder.norm.' },
    );
    expect(layer.stateDict()).toEqual(batchNormState());
  });

  test('takes the tensors of ONNX runtimes, and dictionaries without a prototype', () => {
    const layer = new RMSNorm(2);
    const dict = Object.assign(Object.create(null), {
      weight: { data: Float32Array.of(3, 4), dims: [2] },
    });
    layer.loadStateDict(dict);
    expect(layer.weight).toEqual(Float32Array.of(3, 4));
  });

  test.each<[string, AnyTensor]>([
    ['float32', new Tensor(Float32Array.of(12), [])],
    ['one element', vector(12)],
    ['one element of int64', new Tensor(BigInt64Array.of(12n), [1])],
  ])('takes num_batches_tracked as %s as well', (_, num_batches_tracked) => {
    const layer = new BatchNorm(3);
    layer.loadStateDict({ ...batchNormState(), num_batches_tracked });
    expect(layer.numBatchesTracked).toBe(12);
  });

  test.each([0, 2 ** 24 + 1, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER])(
    'keeps a count of %i batches, in a file too',
    (batches) => {
      const layer = new BatchNorm(3);
      layer.numBatchesTracked = batches;
      for (const state of [
        layer.stateDict(),
        readSafetensors(writeSafetensors(layer.stateDict())),
      ]) {
        expect(state.num_batches_tracked).toEqual(count(batches));
        const loaded = new BatchNorm(3);
        loaded.loadStateDict(state);
        expect(loaded.numBatchesTracked).toBe(batches);
      }
    },
  );

  test.each([true, false])(
    'keeps num_batches_tracked if an old checkpoint lacks it, strict or not (test_batchnorm_load_state_dict): %j',
    (strict) => {
      const layer = new BatchNorm(3);
      expect(layer.stateDict().num_batches_tracked).toEqual(count(0));
      layer.numBatchesTracked = 10;
      expect(layer.stateDict().num_batches_tracked).toEqual(count(10));
      layer.loadStateDict(without(batchNormState(), 'num_batches_tracked'), { strict });
      expect(layer.stateDict()).toEqual({ ...batchNormState(), num_batches_tracked: count(10) });
    },
  );

  test('keeps what is missing and ignores what is unexpected if it is not strict', () => {
    const layer = new BatchNorm(3);
    const state = without(batchNormState('a.'), 'a.bias', 'a.running_var');
    layer.loadStateDict({ ...state, 'a.scale': vector(1) }, { prefix: 'a.', strict: false });
    expect(layer.stateDict()).toEqual({
      ...batchNormState(),
      bias: vector(0, 0, 0),
      running_var: vector(1, 1, 1),
    });
  });

  test('returns the keys that did not fit, as PyTorch does (test_load_state_dict)', () => {
    const layer = new BatchNorm(3);
    const none = { missingKeys: [], unexpectedKeys: [] };
    expect(layer.loadStateDict(batchNormState())).toEqual(none);
    const old = without(batchNormState('a.'), 'a.num_batches_tracked');
    expect(layer.loadStateDict(old, { prefix: 'a.' })).toEqual(none);
    const state = {
      ...without(batchNormState('a.'), 'a.bias', 'a.running_var'),
      'a.scale': vector(1),
      'b.weight': vector(1),
    };
    expect(layer.loadStateDict(state, { prefix: 'a.', strict: false })).toEqual({
      missingKeys: ['a.bias', 'a.running_var'],
      unexpectedKeys: ['a.scale'],
    });
    expect(layer.loadStateDict(state, { strict: false })).toEqual({
      missingKeys: ['weight', 'bias', 'running_mean', 'running_var'],
      unexpectedKeys: Object.keys(state),
    });
  });

  test('does not find a parameter in the prototype of the dictionary', () => {
    const layer = new RMSNorm(2);
    const dict = Object.create({ weight: vector(3, 4) });
    expectRefusal(() => layer.loadStateDict(dict), RangeError, 'stateDict', 'missing "weight"');
  });
});

describe('loadStateDict refuses, and writes nothing:', () => {
  function expectRefused(
    state: unknown,
    options: object | undefined,
    kind: ErrorConstructor,
    argument: string,
    got: string,
  ): void {
    const layer = new BatchNorm(3);
    layer.loadStateDict(batchNormState());
    const load = () => layer.loadStateDict(state as State, options);
    expectRefusal(load, kind, argument, got);
    expect(layer.stateDict()).toEqual(batchNormState());
  }

  /** A state of other values, so that a value that was written shows. */
  function otherState(): State {
    return {
      weight: vector(9, 9, 9),
      bias: vector(9, 9, 9),
      running_mean: vector(9, 9, 9),
      running_var: vector(9, 9, 9),
      num_batches_tracked: count(9),
    };
  }

  const cases: [string, State, string][] = [
    ['a missing key', without(otherState(), 'running_var'), 'missing "running_var"'],
    ['an unexpected key', { ...otherState(), scale: vector(1) }, 'unexpected "scale"'],
    [
      'a wrong shape',
      { ...otherState(), running_var: vector(1, 2) },
      '"running_var" of shape [2] instead of [3]',
    ],
    [
      'as many elements in another shape',
      { ...otherState(), bias: new Tensor(Float32Array.of(1, 2, 3), [1, 3]) },
      '"bias" of shape [1, 3] instead of [3]',
    ],
    [
      'counts of batches',
      { ...otherState(), num_batches_tracked: vector(1, 2) },
      '"num_batches_tracked" of shape [2] instead of []',
    ],
    [
      'a negative count',
      { ...otherState(), num_batches_tracked: count(-1) },
      '"num_batches_tracked" that is -1',
    ],
    [
      'a count beyond 2^53',
      { ...otherState(), num_batches_tracked: count(2n ** 53n + 1n) },
      '"num_batches_tracked" that is 9007199254740993',
    ],
    [
      'a broken count',
      { ...otherState(), num_batches_tracked: vector(1.5) },
      '"num_batches_tracked" that is 1.5',
    ],
    [
      'whole numbers for a weight',
      { ...otherState(), weight: new Tensor(BigInt64Array.of(1n, 2n, 3n), [3]) },
      '"weight" of dtype int64 instead of float32',
    ],
    [
      'all of these at once',
      { ...without(otherState(), 'weight', 'bias'), bias: vector(1), scale: vector(1) },
      'missing "weight"; "bias" of shape [1] instead of [3]; unexpected "scale"',
    ],
    [
      'the keys of another place',
      batchNormState('norm.'),
      'missing "weight"; missing "bias"; missing "running_mean"; missing "running_var"; ' +
        'unexpected "norm.weight"; unexpected "norm.bias"; unexpected "norm.running_mean"; ' +
        'unexpected "norm.running_var"; unexpected "norm.num_batches_tracked"',
    ],
  ];
  test.each(cases)('%s', (_, state, got) => {
    expectRefused(state, undefined, RangeError, 'stateDict', got);
  });

  const weights = (...prefixes: string[]) =>
    Object.fromEntries(prefixes.flatMap((prefix) => Object.entries(batchNormState(prefix))));
  test.each<[string, State, string | undefined, string]>([
    ['no prefix', weights('module.'), undefined, 'the prefix "module."?'],
    [
      'no prefix, where there are several',
      weights('a.', 'b.'),
      undefined,
      'the prefix "a." or "b."?',
    ],
    [
      'no prefix, where there are many',
      weights('a.', 'b.', 'c.', 'd.'),
      undefined,
      'the prefix "a." or "b." or "c." or another of 4?',
    ],
    ['a part of the prefix', weights('a.n.', 'module.b.n.'), 'b.n.', 'the prefix "module.b.n."?'],
    ['a prefix that is too long', weights('a.n.', 'b.n.'), 'model.b.n.', 'the prefix "b.n."?'],
    ['a misspelt prefix', weights('norm1.', 'norm2.'), 'nomr2.', 'the prefix "norm2."?'],
    ['a prefix without its dot', weights('norm.', 'layer.'), 'norm', 'the prefix "norm."?'],
    [
      'misspelt keys',
      { ...without(otherState(), 'weight', 'bias'), wieght: vector(1), bais: vector(1) },
      undefined,
      '"wieght" or "bais"?',
    ],
  ])('and says what was meant: %s', (_, state, prefix, meant) => {
    const layer = new BatchNorm(3);
    const call = () => layer.loadStateDict(state, prefix === undefined ? {} : { prefix });
    expectRefusal(call, RangeError, 'stateDict', 'missing');
    expect(call).toThrow(new RegExp(`; did you mean ${meant.replaceAll(/[.?]/g, '\\$&')}$`));
    expect(layer.stateDict()).toEqual(new BatchNorm(3).stateDict());
  });

  test('without a guess where nothing is near, and with keys of any length', () => {
    const long = 'x'.repeat(1e5);
    const state = { [`${long}weight`]: vector(1), [`${long}weighd`]: vector(1), other: vector(1) };
    for (const prefix of ['', long]) {
      const layer = new BatchNorm(3);
      expect(() => layer.loadStateDict(state, { prefix })).toThrow(/^[^?]*$/);
    }
  });

  test('with whole keys in its message, prefix included', () => {
    const state = { 'a.weight': vector(1), 'a.x': vector(1), 'b.x': vector(1) };
    expectRefused(
      state,
      { prefix: 'a.' },
      RangeError,
      'stateDict',
      '"a.weight" of shape [1] instead of [3]; missing "a.bias"; missing "a.running_mean"; ' +
        'missing "a.running_var"; unexpected "a.x"',
    );
  });

  test('a wrong shape also if it is not strict', () => {
    const state = { weight: vector(9, 9, 9), bias: vector(1, 2), other: vector(1) };
    const got = '"bias" of shape [2] instead of [3]';
    expectRefused(state, { strict: false }, RangeError, 'stateDict', got);
  });

  test('running statistics for a layer that has none, as PyTorch does', () => {
    const layer = new InstanceNorm(3);
    const got = 'unexpected "running_mean"; unexpected "running_var"';
    expectRefusal(
      () => layer.loadStateDict({ running_mean: vector(0, 0, 0), running_var: vector(1, 1, 1) }),
      RangeError,
      'stateDict',
      got,
    );
  });

  const kinds: [string, unknown, object | undefined, string, string][] = [
    ['no dictionary', undefined, undefined, 'stateDict', 'undefined'],
    ['null', null, undefined, 'stateDict', 'null'],
    ['a path', 'model.safetensors', undefined, 'stateDict', '"model.safetensors"'],
    [
      'an entry that is no tensor',
      { ...otherState(), running_var: [1, 2, 3] },
      undefined,
      'running_var',
      '[1, 2, 3]',
    ],
    ['a number as prefix', otherState(), { prefix: 1 }, 'prefix', '1'],
    ['a word for strict', otherState(), { strict: 'no' }, 'strict', '"no"'],
    ['an option that it does not know', otherState(), { assign: true }, 'options', '"assign"'],
  ];
  test.each(kinds)('%s', (_, state, options, argument, got) => {
    expectRefused(state, options, TypeError, argument, got);
  });
});
