import type { Weights } from '../tensor/parameters.ts';
import type { AnyData, FloatData, TensorLike } from '../tensor/tensor.ts';

/** Options that all normalizations share. */
export interface NormOptions<Y extends FloatData = AnyData> {
  /** Multiplies the normalized values; 1 where absent. */
  readonly weight?: Weights | null | undefined;
  /** Added to the product; 0 where absent. It holds as many values as the weight. */
  readonly bias?: Weights | null | undefined;
  /** Added to the variance under the square root; 1e-5 by default. */
  readonly eps?: number | undefined;
  /**
   * Where to write the result, or in a `…Backward` the gradient of x; x itself is allowed. It
   * may have another dtype than x.
   */
  readonly out?: TensorLike<Y> | undefined;
}
