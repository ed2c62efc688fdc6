import type { Parameter } from '../tensor/parameters.ts';
import type { TensorLike } from '../tensor/tensor.ts';

/** Options that all normalizations share. */
export interface NormOptions {
  /** Multiplies the normalized values; 1 where absent. */
  readonly weight?: Parameter | null | undefined;
  /** Added to the product; 0 where absent. It holds as many values as the weight. */
  readonly bias?: Parameter | null | undefined;
  /** Added to the variance under the square root; 1e-5 by default. */
  readonly eps?: number | undefined;
  /** Where to write the result, or in a `…Backward` the gradient of x; x itself is allowed. */
  readonly out?: TensorLike | undefined;
}
