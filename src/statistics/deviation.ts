import { MOMENTS } from '../memory/sizes.ts';

/** What eps is added to: the variance under the square root, or the deviation. */
export type EpsMode = 'variance' | 'std';

/** What a normalization divides by, made from moments. */
export interface Deviation {
  /** At least 0. */
  readonly eps: number;
  readonly epsMode: EpsMode;
  /** The variance divides by n - correction. */
  readonly correction: 0 | 1;
  /** Whether moments are about the mean, or about 0 as in RMSNorm. */
  readonly centred: boolean;
}

/** Returns the deviation of moments, without eps, and what a normalization divides by. */
export function deviationsOf(
  moments: Float64Array,
  at: number,
  { eps, epsMode, correction, centred }: Deviation,
): readonly [std: number, divisor: number] {
  const mean = centred ? 0 : (moments[at + 1] as number);
  // The squared deviations of one element are 0 in any case.
  const divisor = Math.max(1, (moments[at] as number) - correction);
  const variance = (moments[at + 2] as number) / divisor + mean * mean;
  const std = Math.sqrt(variance);
  return [std, epsMode === 'std' ? std + eps : Math.sqrt(variance + eps)];
}

/**
 * Changes moments so that the kernels, which divide by sqrt(variance + eps) of a variance that
 * divides by n, divide by a deviation of another kind when their eps is 0. The rest of the mean,
 * which no line needs, becomes the slope: with z the normalized value of an element x,
 *
 *     slope = n / z * (d deviation / d x)     1 where the kernels need no change
 */
export function replaceDeviations(
  moments: Float64Array,
  count: number,
  deviation: Deviation,
): void {
  const { epsMode, correction, centred } = deviation;
  for (let at = 0; at < count * MOMENTS; at += MOMENTS) {
    const size = moments[at] as number;
    const [std, divisor] = deviationsOf(moments, at, deviation);
    const slope = size / Math.max(1, size - correction);
    if (!centred) moments[at + 1] = 0;
    moments[at + 2] = divisor * divisor * size;
    // Where nothing deviates, z is 0 and so is its part of the gradient: any finite slope will do.
    moments[at + 3] = epsMode === 'std' && std > 0 ? (slope * divisor) / std : slope;
  }
}
