import { instanceNorm, type Tensor } from '../src/index.ts';
import * as reference from '../test/reference.ts';
import type { Inputs } from './contestants/contestant.ts';
import type { View } from './contestants/plain-javascript.ts';
import type { TfForm } from './contestants/tfjs.ts';
import type { OnnxNode } from './onnx-model.ts';
import { CHANNEL_SHAPES, sizeOf } from './shapes.ts';

type Shape = readonly number[];

interface Options {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly out: Tensor | undefined;
}

/** One normalization, and how each contestant spells it. All have a weight, a bias and eps 1e-5. */
export interface Operation {
  readonly name: string;
  readonly shapes: readonly Shape[];
  /** Bytes read and written: 8 where each element is read and written once. */
  readonly bytesPerElement: number;
  /** How many weights, and biases, a tensor takes. */
  parameters(shape: Shape): number;
  /** The results in float64. */
  reference(inputs: Inputs, shape: Shape): readonly Float64Array[];
  ours(x: Tensor, options: Options): Tensor;
  view(shape: Shape): View;
  /** Python expressions of x, weight and bias. */
  readonly torch?: Readonly<Record<string, string>>;
  readonly onnx?: (shape: Shape) => OnnxNode;
  readonly tfjs?: (shape: Shape) => TfForm;
}

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'instanceNorm',
    shapes: CHANNEL_SHAPES,
    bytesPerElement: 8,
    parameters: ([, channels]) => channels as number,
    reference: ({ x, weight, bias }, shape) => [reference.instanceNorm(x, shape, { weight, bias })],
    ours: instanceNorm,
    view: (shape) => channelView(shape),
    torch: {
      instance_norm: 'F.instance_norm(x, weight=weight, bias=bias)',
      group_norm: 'F.group_norm(x, x.shape[1], weight, bias)',
    },
    onnx: () => ({
      operator: 'InstanceNormalization',
      inputs: ['x', 'weight', 'bias'],
      attributes: {},
    }),
    tfjs: ([, channels]) => ({ axes: [2, 3], parameterShape: [1, channels as number, 1, 1] }),
  },
];

function channelView(shape: Shape): View {
  const [samples, channels, ...spatial] = shape as [number, number, ...number[]];
  const length = sizeOf(spatial);
  return {
    sets: samples * channels,
    runs: 1,
    length,
    step: 1,
    start: (set) => set * length,
    parameter: (set) => set % channels,
  };
}
