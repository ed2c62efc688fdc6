import { describe, expect, test } from 'vitest';
import {
  adaptiveInstanceNorm,
  batchNorm,
  groupNorm,
  instanceNorm,
  layerNorm,
  rmsNorm,
  Tensor,
  writeSafetensors,
} from '../../src/index.ts';
import { normals } from '../support/random.ts';
import { sendTensors } from './requests.ts';

type Tensors = Readonly<Record<string, Tensor>>;

const x = new Tensor(normals(2 * 6 * 5 * 7, 1, 100, 0.1), [2, 6, 5, 7]);
const sequence = new Tensor(normals(2 * 6 * 35, 2), [2, 6, 35]);
const weight = new Tensor(normals(6, 3), [6]);
const bias = new Tensor(normals(6, 4), [6]);
const runningMean = new Tensor(normals(6, 5, 100), [6]);
const runningVar = new Tensor(normals(6, 6, 3, 0.1), [6]);
const elements = new Tensor(normals(35, 7), [5, 7]);
const style = new Tensor(normals(6 * 9, 8, -3, 2), [1, 6, 9]);

/** Copies the running statistics, so that a call that moves them leaves the originals. */
function statistics(): { runningMean: Tensor; runningVar: Tensor } {
  return {
    runningMean: new Tensor(runningMean.data.slice(), [6]),
    runningVar: new Tensor(runningVar.data.slice(), [6]),
  };
}

function valuesOf<T extends Tensors>(tensors: T): { [Name in keyof T]: Float32Array } {
  const values = Object.entries(tensors).map(([name, { data }]) => [name, data]);
  return Object.fromEntries(values);
}

describe('the service answers with the same bytes as the library in Node', () => {
  test.each<[string, Tensors, () => Tensors]>([
    ['op=instanceNorm', { x }, () => ({ y: instanceNorm(x) })],
    [
      'op=instanceNorm&eps=0.001&momentum=0.3&unbiased=false',
      { x, weight, bias, ...statistics() },
      () => {
        const moved = statistics();
        const options = { eps: 0.001, momentum: 0.3, unbiased: false, ...valuesOf(moved) };
        const y = instanceNorm(x, { ...valuesOf({ weight, bias }), ...options });
        return { y, ...moved };
      },
    ],
    [
      'op=instanceNorm&useInputStats=false',
      { x, ...statistics() },
      () => ({
        y: instanceNorm(x, { useInputStats: false, ...valuesOf(statistics()) }),
        ...statistics(),
      }),
    ],
    [
      'op=instanceNorm&lengths=20,35',
      { x: sequence },
      () => ({ y: instanceNorm(sequence, { lengths: [20, 35] }) }),
    ],
    [
      'op=batchNorm&training=true',
      { x, weight, bias, ...statistics() },
      () => {
        const moved = statistics();
        const options = { ...valuesOf({ weight, bias }), ...valuesOf(moved), training: true };
        return { y: batchNorm(x, options), ...moved };
      },
    ],
    [
      'op=batchNorm',
      { x, ...statistics() },
      () => ({ y: batchNorm(x, valuesOf(statistics())), ...statistics() }),
    ],
    [
      'op=layerNorm&normalizedShape=5,7',
      { x, weight: elements, bias: elements },
      () => ({ y: layerNorm(x, [5, 7], valuesOf({ weight: elements, bias: elements })) }),
    ],
    ['op=layerNorm&normalizedShape=7&eps=0', { x }, () => ({ y: layerNorm(x, 7, { eps: 0 }) })],
    [
      'op=groupNorm&numGroups=3',
      { x, weight, bias },
      () => ({ y: groupNorm(x, 3, valuesOf({ weight, bias })) }),
    ],
    [
      'op=groupNorm&numGroups=7&layout=nhwc',
      { x },
      () => ({ y: groupNorm(x, 7, { layout: 'nhwc' }) }),
    ],
    [
      'op=rmsNorm&normalizedShape=5,7',
      { x, weight: elements },
      () => ({ y: rmsNorm(x, [5, 7], { weight: elements.data }) }),
    ],
    [
      'op=adaptiveInstanceNorm&alpha=0.4',
      { content: x, style },
      () => ({ y: adaptiveInstanceNorm(x, style, { alpha: 0.4 }) }),
    ],
  ])('%s', async (query, tensors, call) => {
    const response = await sendTensors(query, writeSafetensors(tensors));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(bytes).toEqual(writeSafetensors(call()));
  });

  test('for NaN, infinity and no elements at all', async () => {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
    const odd = new Tensor(Float32Array.of(nan, 1, infinity, 2, 3, 4), [1, 3, 2]);
    const none = new Tensor(new Float32Array(0), [0, 3, 4]);
    for (const input of [odd, none]) {
      const response = await sendTensors('op=instanceNorm', writeSafetensors({ x: input }));
      const bytes = new Uint8Array(await response.arrayBuffer());
      expect(bytes).toEqual(writeSafetensors({ y: instanceNorm(input) }));
    }
  });

  test('for as large a body as is allowed', async () => {
    const length = 2 ** 20 - 64;
    const large = new Tensor(normals(length, 9), [1, 4, length / 4]);
    const body = writeSafetensors({ x: large });
    expect(body.length).toBeLessThanOrEqual(4 * 2 ** 20);
    const response = await sendTensors('op=instanceNorm', body);
    const expected = writeSafetensors({ y: instanceNorm(large) });
    expect(Buffer.from(await response.arrayBuffer()).equals(expected)).toBe(true);
  });
});
