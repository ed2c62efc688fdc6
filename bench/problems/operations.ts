import {
  batchNorm,
  batchNormBackward,
  groupNorm,
  groupNormBackward,
  instanceNorm,
  instanceNormBackward,
  layerNorm,
  layerNormBackward,
  rmsNorm,
  rmsNormBackward,
} from '../../dist/index.js';
import * as reference from '../../test/support/reference.ts';
import type { Operation } from './operation.ts';
import { groupsOf, IMAGES, type Layout, TOKENS } from './shapes.ts';

const BOTH: readonly Layout[] = ['nchw', 'nhwc'];
const AFFINE = ['x', 'weight', 'bias'] as const;

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'instanceNorm',
    shapes: IMAGES,
    layouts: BOTH,
    sharing: 'sample and channel',
    statistics: 'mean and variance',
    ours({ weight, bias }, { layout }, out) {
      const options = { weight, bias, layout, out };
      return {
        forward: (x) => instanceNorm(x, options),
        backward: (gradOutput, x) => instanceNormBackward(gradOutput, x, options),
      };
    },
    reference: ({ x, ...affine }, { shape, layout }) =>
      reference.instanceNorm(x, shape, { ...affine, layout }),
    torch: {
      instance_norm: 'F.instance_norm(x, weight=weight, bias=bias)',
      group_norm: 'F.group_norm(x, x.shape[1], weight, bias)',
    },
    onnx: () => ({ operator: 'InstanceNormalization', inputs: AFFINE }),
  },
  {
    name: 'batchNorm in training',
    shapes: IMAGES,
    layouts: BOTH,
    sharing: 'channel',
    statistics: 'mean and variance',
    ours({ weight, bias }, { layout }, out) {
      const options = { weight, bias, layout, training: true, out };
      return {
        forward: (x) => batchNorm(x, options),
        backward: (gradOutput, x) => batchNormBackward(gradOutput, x, options),
      };
    },
    reference: ({ x, ...affine }, { shape, layout }) =>
      reference.batchNorm(x, shape, { ...affine, layout }),
    torch: { batch_norm: 'F.batch_norm(x, None, None, weight, bias, training=True)' },
  },
  {
    name: 'batchNorm in eval',
    shapes: IMAGES,
    layouts: BOTH,
    sharing: 'channel',
    statistics: 'given',
    ours({ weight, bias, runningMean, runningVar }, { layout }, out) {
      const options = { weight, bias, runningMean, runningVar, layout, training: false, out };
      return {
        forward: (x) => batchNorm(x, options),
        backward: (gradOutput, x) => batchNormBackward(gradOutput, x, options),
      };
    },
    reference: ({ x, runningMean, runningVar, ...affine }, { shape, layout }) =>
      reference.normalizeByRunningStats(x, shape, runningMean, runningVar, { ...affine, layout }),
    torch: { batch_norm: 'F.batch_norm(x, runningMean, runningVar, weight, bias)' },
    onnx: () => ({
      operator: 'BatchNormalization',
      inputs: [...AFFINE, 'runningMean', 'runningVar'],
    }),
  },
  {
    name: 'groupNorm',
    shapes: IMAGES,
    layouts: BOTH,
    sharing: 'sample and group',
    statistics: 'mean and variance',
    ours({ weight, bias }, { layout, channels }, out) {
      const groups = groupsOf(channels);
      const options = { weight, bias, layout, out };
      return {
        forward: (x) => groupNorm(x, groups, options),
        backward: (gradOutput, x) => groupNormBackward(gradOutput, x, groups, options),
      };
    },
    reference: ({ x, ...affine }, { shape, layout, channels }) =>
      reference.groupNorm(x, shape, groupsOf(channels), { ...affine, layout }),
    torch: { group_norm: 'F.group_norm(x, groups, weight, bias)' },
    onnx: ([, channels]) => ({
      operator: 'GroupNormalization',
      inputs: AFFINE,
      attributes: { num_groups: groupsOf(channels as number) },
    }),
  },
  {
    name: 'layerNorm',
    shapes: TOKENS,
    layouts: ['nchw'],
    sharing: 'row',
    statistics: 'mean and variance',
    ours({ weight, bias }, _, out) {
      const normalizedShape = [weight.length];
      const options = { weight, bias, out };
      return {
        forward: (x) => layerNorm(x, normalizedShape, options),
        backward: (gradOutput, x) => layerNormBackward(gradOutput, x, normalizedShape, options),
      };
    },
    reference: ({ x, ...affine }) => reference.layerNorm(x, [affine.weight.length], affine),
    torch: { layer_norm: 'F.layer_norm(x, weight.shape, weight, bias)' },
    onnx: () => ({ operator: 'LayerNormalization', inputs: AFFINE }),
  },
  {
    name: 'rmsNorm',
    shapes: TOKENS,
    layouts: ['nchw'],
    sharing: 'row',
    statistics: 'mean square',
    ours({ weight }, _, out) {
      const normalizedShape = [weight.length];
      const options = { weight, eps: 1e-5, out };
      return {
        forward: (x) => rmsNorm(x, normalizedShape, options),
        backward: (gradOutput, x) => rmsNormBackward(gradOutput, x, normalizedShape, options),
      };
    },
    reference: ({ x, weight }) => reference.rmsNorm(x, [weight.length], { weight, eps: 1e-5 }),
    torch: {
      'x * rsqrt(mean)': 'x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * weight',
    },
    onnx: () => ({ operator: 'RMSNormalization', inputs: ['x', 'weight'] }),
  },
];
