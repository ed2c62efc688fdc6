import {
  broadcastTo,
  customGrad,
  ones,
  serialization,
  type Tensor,
  tensor,
  tensor1d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { type GroupNormOptions, groupNorm, groupNormBackward, type TensorLike } from 'wasm-norm';

type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/** Keras's arguments, with its defaults. */
export interface GroupNormalizationArgs extends LayerArgs {
  /** 32 by default; -1 makes each channel a group, which is instance normalization. */
  readonly groups?: number;
  /** Where the channels lie: last by default, or 1. With null a sample is one group of one weight. */
  readonly axis?: number | null;
  readonly epsilon?: number;
  readonly center?: boolean;
  readonly scale?: boolean;
}

/**
 * Keras's GroupNormalization, for backends of TensorFlow.js that have `dataSync`: cpu, wasm and
 * webgl. Initializers, regularizers and constraints of Keras are not read.
 */
export class GroupNormalization extends layers.Layer {
  static className: string = 'GroupNormalization';
  readonly groups: number;
  readonly axis: number | null;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  /** What epsilon is added to. */
  protected readonly epsMode: 'variance' | 'std' = 'variance';
  private gamma: LayerVariable | null = null;
  private beta: LayerVariable | null = null;

  constructor(args: GroupNormalizationArgs = {}) {
    super(args);
    this.groups = args.groups ?? 32;
    this.axis = args.axis === undefined ? -1 : args.axis;
    this.epsilon = args.epsilon ?? 1e-3;
    this.center = args.center ?? true;
    this.scale = args.scale ?? true;
    this.supportsMasking = true;
  }

  override build(inputShape: (number | null)[]): void {
    const size = this.axis === null ? 1 : (inputShape.at(this.axis) ?? 0);
    if (this.scale) this.gamma = this.addWeight('gamma', [size], 'float32', initializers.ones());
    if (this.center) this.beta = this.addWeight('beta', [size], 'float32', initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
      const last = x.rank - 1;
      const axis = this.axis === null || this.axis === -1 ? last : this.axis;
      if (axis !== last && axis !== 1) {
        throw new RangeError(`axis: expected 1, the last or null, got ${this.axis}`);
      }
      const channels = x.shape[axis] as number;
      const groups = this.axis === null ? 1 : this.groups === -1 ? channels : this.groups;
      const weight = this.gamma ? broadcastTo(this.gamma.read(), [channels]) : ones([channels]);
      const bias = this.beta ? broadcastTo(this.beta.read(), [channels]) : zeros([channels]);
      const { epsMode, epsilon: eps } = this;
      const layout = axis === last ? 'nhwc' : 'nchw';
      return normalizeGroups(x, weight, bias, groups, { layout, eps, epsMode });
    });
  }

  override getConfig(): serialization.ConfigDict {
    const { groups, axis, epsilon, center, scale } = this;
    return { ...super.getConfig(), groups, axis, epsilon, center, scale };
  }
}

/** InstanceNormalization of keras-contrib, which adds epsilon to the standard deviation. */
export class InstanceNormalization extends GroupNormalization {
  static override className: string = 'InstanceNormalization';
  protected override readonly epsMode: 'variance' | 'std' = 'std';

  constructor(args: GroupNormalizationArgs = {}) {
    super({ ...args, groups: -1 });
  }
}

/** Normalizes, and tells TensorFlow.js the gradients. */
function normalizeGroups(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  groups: number,
  options: Pick<GroupNormOptions, 'layout' | 'eps' | 'epsMode'>,
): Tensor {
  const normalize = customGrad((...args) => {
    const [input, gamma, beta] = args as Tensor[] as [Tensor, Tensor, Tensor];
    const save = args[3] as (tensors: Tensor[]) => void;
    save([input, gamma]);
    const parameters = { ...options, weight: floats(gamma), bias: floats(beta) };
    const y = groupNorm(read(input), groups, parameters);
    return {
      value: tensor(y.data, input.shape),
      gradFunc: (gradOutput, saved) => {
        const [ofInput, ofWeight] = saved as [Tensor, Tensor];
        const gradients = groupNormBackward(read(gradOutput), read(ofInput), groups, {
          ...options,
          weight: floats(ofWeight),
          bias: parameters.bias,
        });
        return [
          tensor(gradients.input.data, ofInput.shape),
          tensor1d(gradients.weight as Float32Array),
          tensor1d(gradients.bias as Float32Array),
        ];
      },
    };
  });
  return normalize(x, weight, bias);
}

function floats(values: Tensor): Float32Array {
  return values.dataSync<'float32'>();
}

function read(values: Tensor): TensorLike {
  return { data: floats(values), shape: values.shape };
}

// TensorFlow Addons puts its name before that of a layer, and adds epsilon to the variance.
class AddonsGroupNormalization extends GroupNormalization {
  static override className = 'Addons>GroupNormalization';
}

class AddonsInstanceNormalization extends InstanceNormalization {
  static override className = 'Addons>InstanceNormalization';
  protected override readonly epsMode = 'variance';
}

serialization.registerClass(GroupNormalization);
serialization.registerClass(InstanceNormalization);
serialization.registerClass(AddonsGroupNormalization);
serialization.registerClass(AddonsInstanceNormalization);
