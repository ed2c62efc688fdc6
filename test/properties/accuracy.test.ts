import { expect } from 'vitest';
import { Tensor } from '../../src/index.ts';
import { backward, forward } from '../support/norms.ts';
import { sizeOf } from '../support/shapes.ts';
import { arraysOf, drawn } from './calls.ts';
import { expectContract, expectGradientContract, expectRunningStats } from './contract.ts';
import { numbersOf } from './data.ts';
import { holds } from './holds.ts';

holds('a result is within 2^-22 of the reference', 400, drawn(), (random) => {
  const { call } = random;
  const x = new Tensor(numbersOf(random.x, sizeOf(call.shape)), call.shape);
  const arrays = arraysOf(random);
  const before = arraysOf(random);
  const y = forward(call, x, arrays);
  expect(y.shape).toEqual(call.shape);
  expectContract(y.data, call, x.data, before);
  expectRunningStats(arrays, call, x.data, before);
});

holds(
  'gradients are within 1e-5 of the reference, relative to their terms',
  200,
  drawn(),
  (random) => {
    const { call } = random;
    const x = new Tensor(numbersOf(random.x, sizeOf(call.shape)), call.shape);
    const g = new Tensor(numbersOf(random.gradOutput, x.size), call.shape);
    const arrays = arraysOf(random);
    const found = backward(call, g, x, arrays);
    expect(found.input.shape).toEqual(call.shape);
    expectGradientContract(found, call, g.data, x.data, arrays);
  },
);
