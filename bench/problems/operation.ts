import type { Tensor } from '../../dist/index.js';
import type { Layout, Place, Shape } from './shapes.ts';

/** One normalization and how each contestant spells it; eps is 1e-5 throughout. */
export interface Operation {
  readonly name: string;
  /** Images are (N, C, H, W) here; a problem rearranges them for its layout. */
  readonly shapes: readonly Shape[];
  readonly layouts: readonly Layout[];
  readonly sharing: Sharing;
  readonly statistics: Statistics;
  /** The library's calls. It makes beforehand what does not depend on the tensors. */
  ours(inputs: Inputs, place: Place, out: Tensor | undefined): Calls;
  /** Returns y in float64. */
  reference(inputs: Inputs, place: Place): Float64Array;
  /** Python expressions for y by the name to show; x is (N, C, *). */
  readonly torch: Readonly<Record<string, string>>;
  readonly onnx?: (shape: Shape) => OnnxNode;
}

/** What has a mean and a variance of its own: each sample's channel, each channel, ... */
export type Sharing = 'sample and channel' | 'channel' | 'sample and group' | 'row';

/** What normalizes an element; 'given' are running statistics. */
export type Statistics = 'mean and variance' | 'mean square' | 'given';

/** What every contestant is given. */
export interface Inputs {
  /** The tensor to normalize, row-major. */
  readonly x: Float32Array;
  /** The gradient of the result; empty in a forward pass. */
  readonly gradOutput: Float32Array;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly runningMean: Float32Array;
  readonly runningVar: Float32Array;
}

/** An ONNX operator that computes y from some of the inputs. */
export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly (keyof Inputs)[];
  /** Integer attributes besides epsilon. */
  readonly attributes?: Readonly<Record<string, number>>;
}

interface Calls {
  forward(x: Tensor): Tensor;
  backward(gradOutput: Tensor, x: Tensor): Gradients;
}

interface Gradients {
  readonly input: Tensor;
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
}
