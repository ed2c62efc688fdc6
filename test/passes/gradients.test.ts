import { describe, expect, test } from 'vitest';
import {
  Arena,
  BatchNorm,
  batchNormBackward,
  type Gradients,
  GroupNorm,
  groupNormBackward,
  InstanceNorm,
  instanceNormBackward,
  LayerNorm,
  layerNormBackward,
  RMSNorm,
  rmsNormBackward,
  Tensor,
  type TensorLike,
} from '../../src/index.ts';
import { expectSameBits, expectSpoiledRows } from '../support/closeness.ts';
import { expectGradients } from '../support/gradients.ts';
import {
  backward,
  type Case,
  expectedGradients,
  expectedOutput,
  type ReferenceArrays,
  randomCases,
  randomTensor,
  usesRunningStats,
} from '../support/norms.ts';
import { normals, uniformFrom, uniforms } from '../support/random.ts';
import { expectRefusal } from '../support/refusals.ts';
import { sizeOf } from '../support/shapes.ts';

const cases = randomCases(3, 70);

describe('the gradients of the reference are central differences of its results:', () => {
  // In float64 a central difference is off by h^2 / (variance + eps), and by 2^-53 / h.
  const H = 1e-5;
  const CLOSE = 1e-6;
  const PROBES = 6;

  /** Returns what measures d sum(g * y) / d values[at]. */
  function difference({ call }: Case, g: Float32Array, x: Values, arrays: ReferenceArrays) {
    return (values: Float64Array, at: number): number => {
      const value = values[at] as number;
      values[at] = value + H;
      const above = expectedOutput(call, x, arrays);
      values[at] = value - H;
      const below = expectedOutput(call, x, arrays);
      values[at] = value;
      let sum = 0;
      for (let i = 0; i < g.length; i++) {
        sum += (g[i] as number) * ((above[i] as number) - (below[i] as number));
      }
      return sum / (2 * H);
    };
  }

  type Values = Float64Array;

  test.each(cases)('$name', (random) => {
    const { call } = random;
    const uniform = uniformFrom(71);
    const x = Float64Array.from(normals(sizeOf(call.shape), 72, 1, 2));
    const g = normals(x.length, 73);
    const arrays: Record<string, Float64Array> = Object.fromEntries(
      Object.entries(random.arrays).map(([name, values]) => [name, Float64Array.from(values)]),
    );
    const slope = difference(random, g, x, arrays);
    const gradients = expectedGradients(call, g, x, arrays);
    const { weight, bias } = arrays;
    const probed = { input: x, ...(weight ? { weight } : {}), ...(bias ? { bias } : {}) };
    for (const [name, values] of Object.entries(probed) as [
      'input' | 'weight' | 'bias',
      Values,
    ][]) {
      for (let probe = 0; probe < PROBES; probe++) {
        const at = Math.floor(uniform() * values.length);
        const found = gradients[name]?.[at] as number;
        const size = gradients.sizes[name]?.[at] as number;
        expect(Math.abs(found - slope(values, at)), `${name} ${at}`).toBeLessThanOrEqual(
          CLOSE * size,
        );
      }
    }
  });
});

describe('gradients are within 1e-5 of the reference, relative to their terms,', () => {
  test.each(cases)('$name', ({ call, arrays }) => {
    const g = randomTensor(call.shape, 74, 0.2);
    const x = randomTensor(call.shape, 75, -1, 3);
    const found = backward(call, g, x, arrays);
    expect(found.input.shape).toEqual(call.shape);
    expectGradients(found, expectedGradients(call, g.data, x.data, arrays));
  });

  describe.each([1e2, 1e4, 1e6, -1e6])('at a mean of %d standard deviations', (ratio) => {
    // Running statistics do not depend on this mean.
    const own = cases.filter(({ call }) => !usesRunningStats(call));
    test.each(own)('$name', ({ call, arrays }) => {
      const g = randomTensor(call.shape, 76);
      const x = randomTensor(call.shape, 77, ratio * 0.5, 0.5);
      expectGradients(
        backward(call, g, x, arrays),
        expectedGradients(call, g.data, x.data, arrays),
      );
    });
  });

  test('at a running mean of a million, in eval mode', () => {
    const call = { norm: 'batchNorm', shape: [3, 5, 40], options: { layout: 'nchw' } } as const;
    const g = randomTensor(call.shape, 78);
    const x = randomTensor(call.shape, 79, 1e6, 1);
    const arrays = {
      weight: normals(5, 80),
      bias: normals(5, 81),
      runningMean: normals(5, 82, 1e6, 1),
      runningVar: uniforms(5, 83, 0.5, 2),
    };
    expectGradients(backward(call, g, x, arrays), expectedGradients(call, g.data, x.data, arrays));
  });
});

describe('a gradient of the input', () => {
  test('is 0 for a constant gradient of the output, since a constant added to the input changes no output', () => {
    const x = randomTensor([2, 3, 50], 84);
    const ones = new Tensor(new Float32Array(300).fill(1), x.shape);
    const found = [
      instanceNormBackward(ones, x),
      batchNormBackward(ones, x, { training: true }),
      layerNormBackward(ones, x, 50),
      groupNormBackward(ones, x, 3),
    ];
    for (const { input } of found) {
      for (const value of input.data) expect(Math.abs(value)).toBeLessThan(1e-6);
    }
  });

  test('is the gradient of the output times weight / deviation if statistics are given', () => {
    const g = randomTensor([2, 2, 3], 85);
    const options = {
      weight: Float32Array.of(3, 0.5),
      runningMean: Float32Array.of(9, -9),
      runningVar: Float32Array.of(4, 16),
      eps: 0,
    };
    const { input } = batchNormBackward(g, randomTensor([2, 2, 3], 86), options);
    const factors = [1.5, 0.125];
    expectSameBits(
      input.data,
      g.data.map((value, i) => value * Number(factors[Math.floor(i / 3) % 2])),
    );
  });

  test('is 0 in a row without spread if eps is 0', () => {
    const x = new Tensor(new Float32Array(20).fill(0.1), [1, 2, 10]);
    const g = randomTensor(x.shape, 87);
    for (const layout of ['nchw', 'nhwc'] as const) {
      const { input } = instanceNormBackward(g, x, { eps: 0, layout });
      expect([...input.data].map(Math.abs)).toEqual(Array(20).fill(0));
    }
  });

  test('is NaN only in the row of a NaN', () => {
    const x = randomTensor([2, 3, 40], 88);
    const g = randomTensor(x.shape, 89);
    const clean = instanceNormBackward(g, x).input.data;
    x.data[4 * 40 + 7] = Number.NaN;
    const { data } = instanceNormBackward(g, x).input;
    expectSpoiledRows(data, clean, 40, (row) => row === 4);
  });
});

describe('gradients of parameters', () => {
  const shape = [3, 4, 20];
  const x = randomTensor(shape, 90);
  const g = randomTensor(shape, 91);
  const weight = normals(4, 92);

  test('are null where there is no parameter (test_batch_norm_backward, test_layer_norm_backward, test_group_norm_backward)', () => {
    const element = normals(20, 93);
    const found = (options: { weight?: Float32Array; bias?: Float32Array }): Gradients[] => [
      instanceNormBackward(g, x, options),
      batchNormBackward(g, x, { ...options, training: true }),
      groupNormBackward(g, x, 2, options),
    ];
    const ofElements = (options: { weight?: Float32Array; bias?: Float32Array }): Gradients[] => [
      layerNormBackward(g, x, 20, options),
    ];
    for (const { weight, bias } of [...found({}), ...ofElements({})]) {
      expect([weight, bias]).toEqual([null, null]);
    }
    for (const made of [...found({ weight }), ...ofElements({ weight: element })]) {
      expect(made.weight).toBeInstanceOf(Float32Array);
      expect(made.bias).toBeNull();
    }
    for (const made of [...found({ bias: weight }), ...ofElements({ bias: element })]) {
      expect(made.weight).toBeNull();
      expect(made.bias).toBeInstanceOf(Float32Array);
    }
    expect(rmsNormBackward(g, x, 20).weight).toBeNull();
    expect(rmsNormBackward(g, x, 20, { weight: element }).bias).toBeNull();
  });

  test('are as long as the parameters: for every channel, or every channel of every sample', () => {
    const options = { weight: normals(12, 94), bias: normals(4, 95) };
    const found = instanceNormBackward(g, x, options);
    expect([found.weight?.length, found.bias?.length]).toEqual([12, 4]);
    const call = { norm: 'instanceNorm', shape, options: {} } as const;
    expectGradients(found, expectedGradients(call, g.data, x.data, options));
  });

  test('are 0 for a batch without elements (test_BatchNorm_empty, test_GroupNorm_empty)', () => {
    const empty = new Tensor(new Float32Array(0), [0, 4, 20]);
    const parameters = { weight, bias: weight };
    const elements = { weight: normals(20, 96), bias: normals(20, 97) };
    const found: [Gradients, number][] = [
      [instanceNormBackward(empty, empty, parameters), 4],
      [batchNormBackward(empty, empty, { ...parameters, training: true }), 4],
      [groupNormBackward(empty, empty, 2, parameters), 4],
      [layerNormBackward(empty, empty, 20, elements), 20],
    ];
    for (const [{ input, weight, bias }, count] of found) {
      expect(input.shape).toEqual([0, 4, 20]);
      expect(weight).toEqual(new Float32Array(count));
      expect(bias).toEqual(new Float32Array(count));
    }
  });
});

describe.each(['nchw', 'nhwc'] as const)('with lengths, in %s, gradients', (layout) => {
  const lengths = [7, 0, 12, 3];
  const shape = layout === 'nchw' ? [4, 3, 12] : [4, 12, 3];
  const norms = {
    instanceNorm: { norm: 'instanceNorm', shape, options: { layout, lengths } },
    'batchNorm in training': {
      norm: 'batchNorm',
      shape,
      options: { layout, lengths, training: true },
    },
    'batchNorm in eval mode': { norm: 'batchNorm', shape, options: { layout, lengths } },
  } as const;
  const arrays = {
    weight: normals(3, 98),
    bias: normals(3, 99),
    runningMean: normals(3, 100),
    runningVar: uniforms(3, 101, 0.5, 2),
  };
  const isPadding = (i: number) => {
    const sample = Math.floor(i / 36);
    const place = layout === 'nchw' ? i % 12 : Math.floor((i % 36) / 3);
    return place >= (lengths[sample] as number);
  };

  test.each(Object.entries(norms))(
    'of %s are 0 in the padding, and do not depend on it',
    (_, call) => {
      const g = randomTensor(shape, 102);
      const x = randomTensor(shape, 103, 2);
      const expected = expectedGradients(call, g.data, x.data, arrays);
      for (let i = 0; i < x.size; i++) {
        if (!isPadding(i)) continue;
        x.data[i] = Number.NaN;
        g.data[i] = Number.NaN;
      }
      const found = backward(call, g, x, arrays);
      expectGradients(found, expected);
      const padding = found.input.data.filter((_, i) => isPadding(i));
      expect([...padding].every((value) => Object.is(value, 0))).toBe(true);

      const inPlace = backward(call, g, x, arrays, g);
      expect(inPlace.input).toBe(g);
      expectSameBits(g.data, found.input.data);
    },
  );
});

describe('a refused gradient', () => {
  const shape = [2, 3, 4];
  type Backward = (g: TensorLike, x: TensorLike, out?: TensorLike) => Gradients;
  const functions: Record<string, Backward> = {
    instanceNormBackward: (g, x, out) => instanceNormBackward(g, x, { out }),
    batchNormBackward: (g, x, out) => batchNormBackward(g, x, { training: true, out }),
    groupNormBackward: (g, x, out) => groupNormBackward(g, x, 3, { out }),
    layerNormBackward: (g, x, out) => layerNormBackward(g, x, 4, { out }),
    rmsNormBackward: (g, x, out) => rmsNormBackward(g, x, 4, { out }),
  };

  test.each(Object.entries(functions))('names the argument and what came: %s', (_, gradientsOf) => {
    const x = randomTensor(shape, 104);
    const g = randomTensor(shape, 105);
    const out = randomTensor(shape, 106);
    const watched = [x.data, g.data, out.data];
    const refused: [unknown, unknown, unknown, ErrorConstructor, string, string][] = [
      [null, x, out, TypeError, 'gradOutput', 'null'],
      [g.data, x, out, TypeError, 'gradOutput', 'a value of type Float32Array'],
      [randomTensor([2, 4, 3], 1), x, out, RangeError, 'gradOutput', '[2, 4, 3]'],
      [g, undefined, out, TypeError, 'x', 'undefined'],
      [g, x, randomTensor([24], 1), RangeError, 'out', '[24]'],
    ];
    for (const [gradOutput, input, target, kind, argument, got] of refused) {
      const call = () =>
        gradientsOf(gradOutput as TensorLike, input as TensorLike, target as TensorLike);
      expectRefusal(call, kind, argument, got, watched);
    }
    const memory = normals(40, 107);
    const part = new Tensor(memory.subarray(0, 24), shape);
    const shifted = new Tensor(memory.subarray(1, 25), shape);
    expectRefusal(() => gradientsOf(part, x, shifted), RangeError, 'out', 'bytes 4', [memory]);
    expectRefusal(() => gradientsOf(g, part, shifted), RangeError, 'out', 'bytes 4', [memory]);
  });
});

const shape = [2, 4, 6];

/** Each layer with the function that its backward pass has to agree with. */
const layers = {
  InstanceNorm: () => {
    const layer = new InstanceNorm(4, { affine: true, trackRunningStats: true });
    const gradientsOf = (g: Tensor, x: Tensor) =>
      instanceNormBackward(g, x, { ...parametersOf(layer), useInputStats: layer.training });
    return { layer, gradientsOf };
  },
  BatchNorm: () => {
    const layer = new BatchNorm(4);
    const gradientsOf = (g: Tensor, x: Tensor) =>
      batchNormBackward(g, x, { ...parametersOf(layer), training: layer.training });
    return { layer, gradientsOf };
  },
  GroupNorm: () => {
    const layer = new GroupNorm(2, 4);
    const { weight, bias } = layer;
    return {
      layer,
      gradientsOf: (g: Tensor, x: Tensor) => groupNormBackward(g, x, 2, { weight, bias }),
    };
  },
  LayerNorm: () => {
    const layer = new LayerNorm(6);
    const { weight, bias } = layer;
    return {
      layer,
      gradientsOf: (g: Tensor, x: Tensor) => layerNormBackward(g, x, 6, { weight, bias }),
    };
  },
  RMSNorm: () => {
    const layer = new RMSNorm([4, 6]);
    const { weight } = layer;
    return {
      layer,
      gradientsOf: (g: Tensor, x: Tensor) => rmsNormBackward(g, x, [4, 6], { weight }),
    };
  },
};

function parametersOf({ weight, bias, runningMean, runningVar }: InstanceNorm | BatchNorm) {
  return { weight, bias, runningMean, runningVar };
}

describe.each(Object.entries(layers))('%s', (_, make) => {
  const g = randomTensor(shape, 110);

  /** Makes a layer whose weights and running statistics are not the initial ones. */
  function made() {
    const { layer, gradientsOf } = make();
    layer.weight?.set(normals(layer.weight.length, 111, 1, 0.5));
    layer.forward(randomTensor(shape, 112, 3));
    return { layer, gradientsOf };
  }

  test.each([true, false])('gives the gradients of its function, training: %s', (training) => {
    const { layer, gradientsOf } = made();
    const x = randomTensor(shape, 113, 1, 2);
    layer.train(training).forward(x);
    const expected = gradientsOf(g, x);
    const found = layer.backward(g);
    expectSameBits(found.input.data, expected.input.data);
    expect([found.weight, found.bias]).toEqual([expected.weight, expected.bias]);
    expect(layer.backward(g)).toEqual(found);
  });

  test('takes the mode of the forward pass, also when the mode has changed since', () => {
    const { layer } = made();
    const x = randomTensor(shape, 114);
    layer.forward(x);
    const expected = layer.backward(g);
    layer.eval();
    expect(layer.backward(g)).toEqual(expected);
  });

  test('refers to the last forward pass', () => {
    const { layer, gradientsOf } = made();
    const x = randomTensor(shape, 115);
    layer.forward(randomTensor([5, 4, 6], 116));
    layer.forward(x);
    expectSameBits(layer.backward(g).input.data, gradientsOf(g, x).input.data);
  });

  test('has no gradients before a forward pass', () => {
    const { layer } = make();
    expect(() => layer.backward(g)).toThrow('expected a forward pass before it, got none');
  });

  test('has no gradients after a forward pass in place', () => {
    const { layer } = made();
    const x = randomTensor(shape, 117, 1, 2);
    layer.forward(x, { out: x });
    expect(() => layer.backward(g)).toThrow(
      /expected the input .* as it was, got one .*overwritten/,
    );
  });

  test('has no gradients after another layer has written over its input', () => {
    const { layer } = made();
    const x = randomTensor(shape, 118, 1, 2);
    layer.forward(x);
    new InstanceNorm(4).forward(x, { out: x });
    expect(() => layer.backward(g)).toThrow(
      /expected the input .* as it was, got one .*overwritten/,
    );
  });

  test('has no gradients after the arena of its input was reset and used again', () => {
    const { layer } = made();
    const arena = new Arena(1024);
    layer.forward(arena.tensor(randomTensor(shape, 119)));
    arena.reset();
    arena.tensor(randomTensor(shape, 120));
    expect(() => layer.backward(g)).toThrow(
      /expected the input .* as it was, got one .*overwritten/,
    );
  });

  test('keeps the last forward pass when another was refused', () => {
    const { layer } = made();
    const x = randomTensor(shape, 121);
    layer.forward(x);
    const expected = layer.backward(g);
    expect(() => layer.forward(new Tensor(new Float32Array(3), [3]))).toThrow(RangeError);
    expect(layer.backward(g)).toEqual(expected);
  });

  test('refuses a gradient of another shape', () => {
    const { layer } = made();
    expectRefusal(
      () => layer.backward(randomTensor([2, 6, 4], 122)),
      RangeError,
      'gradOutput',
      '[2, 6, 4]',
    );
  });

  test('changes none of its own values in a backward pass', () => {
    const { layer } = made();
    const x = randomTensor(shape, 123);
    layer.forward(x);
    const before = layer.stateDict();
    layer.backward(g);
    expect(layer.stateDict()).toEqual(before);
  });
});

test('a layer without running statistics takes those of the batch for its gradients in eval mode too (test_batchnorm_eval)', () => {
  const x = randomTensor(shape, 124);
  const g = randomTensor(shape, 125);
  for (const layer of [new BatchNorm(4, { trackRunningStats: false }), new InstanceNorm(4)]) {
    layer.forward(x);
    const expected = layer.backward(g);
    layer.eval().forward(x);
    expect(layer.backward(g)).toEqual(expected);
  }
});

test('a layer remembers the lengths of its forward pass for its gradients', () => {
  const x = randomTensor(shape, 126);
  const g = randomTensor(shape, 127);
  const layer = new BatchNorm(4);
  const lengths = [6, 2];
  layer.forward(x, { lengths });
  const { weight, bias } = layer;
  const expected = batchNormBackward(g, x, { weight, bias, training: true, lengths });
  lengths[1] = 6;
  expect(layer.backward(g)).toEqual(expected);
});

describe('gradient descent recovers known weights and biases', () => {
  const RATE = 0.25;
  const STEPS = 200;

  interface Learner {
    readonly weight: Float32Array | null;
    readonly bias: Float32Array | null;
    train(mode?: boolean): unknown;
    forward(x: TensorLike): Tensor;
    backward(gradOutput: TensorLike): Gradients;
  }

  /** The mean of squared errors, and its gradient times the number of parameters. */
  function lossOf({ data }: Tensor, target: Tensor, parameters: number) {
    const errors = data.map((value, i) => value - (target.data[i] as number));
    const loss = errors.reduce((sum, error) => sum + error * error, 0) / errors.length;
    const gradient = errors.map((error) => (2 * parameters * error) / errors.length);
    return { loss, gradient: new Tensor(gradient, target.shape) };
  }

  function step(values: Float32Array | null, gradient: Float32Array | null): void {
    gradient?.forEach((slope, i) => {
      if (values) values[i] = (values[i] as number) - RATE * slope;
    });
  }

  const x = randomTensor([16, 6, 25], 128, 3, 2);
  const learners: [string, () => Learner][] = [
    ['BatchNorm', () => new BatchNorm(6, { unbiased: false })],
    ['InstanceNorm', () => new InstanceNorm(6, { affine: true })],
    ['LayerNorm', () => new LayerNorm(25)],
    ['GroupNorm', () => new GroupNorm(3, 6)],
  ];

  test.each(learners)('of %s, in training and then in eval mode', (_, make) => {
    const teacher = make();
    const learner = make();
    const { weight, bias } = teacher;
    if (!weight || !bias || !learner.weight || !learner.bias) return expect.fail('no parameters');
    weight.set(normals(weight.length, 129, 1, 0.8));
    bias.set(normals(bias.length, 130));
    const target = teacher.forward(x);

    const losses: number[] = [];
    for (let i = 0; i < STEPS; i++) {
      const { loss, gradient } = lossOf(learner.forward(x), target, weight.length);
      losses.push(loss);
      const gradients = learner.backward(gradient);
      step(learner.weight, gradients.weight);
      step(learner.bias, gradients.bias);
    }
    expect(losses[0]).toBeGreaterThan(0.5);
    expect(losses.at(-1)).toBeLessThan(1e-11);
    for (let i = 0; i < weight.length; i++) {
      expect(learner.weight[i]).toBeCloseTo(weight[i] as number, 5);
      expect(learner.bias[i]).toBeCloseTo(bias[i] as number, 5);
    }
    learner.train(false);
    expect(lossOf(learner.forward(x), target, weight.length).loss).toBeLessThan(1e-11);
  });

  test('of two layers in a row, through the gradient of the input', () => {
    // A layer norm of (C, L) scales no channel by itself, so that the weights of the lower
    // layer are not normalized away by the upper one.
    const make = () => [new InstanceNorm(6, { affine: true }), new LayerNorm([6, 25])] as const;
    const [lowerTeacher, upperTeacher] = make();
    lowerTeacher.weight?.set(uniforms(6, 131, 0.5, 2));
    lowerTeacher.bias?.set(normals(6, 132));
    const target = upperTeacher.forward(lowerTeacher.forward(x));
    const [lower, upper] = make();
    const losses: number[] = [];
    for (let i = 0; i < 10 * STEPS; i++) {
      const { loss, gradient } = lossOf(upper.forward(lower.forward(x)), target, 6);
      losses.push(loss);
      const { input } = upper.backward(gradient);
      const { weight, bias } = lower.backward(input);
      step(lower.weight, weight);
      step(lower.bias, bias);
    }
    expect(losses[0]).toBeGreaterThan(0.1);
    expect(losses.at(-1)).toBeLessThan(1e-10);
  });
});
