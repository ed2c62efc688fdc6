import { loadPairApart, roundPair } from './lanes';
import { LINE, MAX_ROUNDED_SCALE, MAX_SCALE_F32, MAX_SMALL_MEAN } from './line';

/**
 * Makes the lines of channels whose statistics are given: those that `makeLines` makes from
 * moments of one element, two at a time.
 *
 * @param lines (channels, times) lines, written: each channel's so often
 * @param mean (statisticsPeriod) float32, channel c takes element c mod statisticsPeriod
 * @param variance (statisticsPeriod) float32, likewise
 * @param weight (period) float32, channel c takes element c mod period; 0: all 1
 * @param bias (period) float32, likewise; 0: all 0
 */
export function makeGivenLines(
  lines: usize,
  mean: usize,
  variance: usize,
  weight: usize,
  bias: usize,
  channels: usize,
  statisticsPeriod: usize,
  period: usize,
  times: usize,
  eps: f64,
): void {
  const epsilons = f64x2.splat(eps);
  const zeros = f64x2.splat(0);
  let statistics: usize = 0;
  let channel: usize = 0;
  while (channels) {
    // The last of a period may be alone. It is made twice, and stored once.
    const taken = min(min(channels, 2), min(statisticsPeriod - statistics, period - channel));
    const apart = (taken - 1) << 2;
    const means = loadPairApart(mean + (statistics << 2), apart);
    const variances = loadPairApart(variance + (statistics << 2), apart);
    const weights = weight ? loadPairApart(weight + (channel << 2), apart) : f64x2.splat(1);
    let shifts = bias ? loadPairApart(bias + (channel << 2), apart) : zeros;
    const roots = f64x2.sqrt(f64x2.add(variances, epsilons));
    const scales = givenScales(v128.andnot(f64x2.div(weights, roots), f64x2.eq(roots, zeros)));
    const limits = f64x2.mul(variances, f64x2.splat(MAX_SMALL_MEAN));
    const areSmall = f64x2.le(f64x2.mul(means, means), limits);
    shifts = f64x2.sub(shifts, v128.and(f64x2.mul(means, scales), areSmall));
    const rests = v128.andnot(means, areSmall);
    const first = v128.shuffle<f64>(rests, scales, 0, 2);
    const between = v128.shuffle<f64>(shifts, rests, 0, 3);
    const last = v128.shuffle<f64>(scales, shifts, 1, 3);
    let copies = times;
    do {
      v128.store(lines, first);
      f64.store(lines, f64x2.extract_lane(between, 0), 16);
      lines += LINE;
    } while (--copies);
    if (taken === 2) {
      copies = times;
      do {
        f64.store(lines, f64x2.extract_lane(between, 1));
        v128.store(lines, last, 8);
        lines += LINE;
      } while (--copies);
    }
    channels -= taken;
    statistics += taken;
    if (statistics === statisticsPeriod) statistics = 0;
    channel += taken;
    if (channel === period) channel = 0;
  }
}

/** Rounds scales as `givenScale` does. */
function givenScales(scales: v128): v128 {
  const sizes = f64x2.abs(scales);
  const nearest = roundPair(scales);
  const areLarge = f64x2.gt(sizes, f64x2.splat(MAX_ROUNDED_SCALE));
  const fit = f64x2.le(sizes, f64x2.splat(MAX_SCALE_F32));
  const areBeyond = f64x2.gt(f64x2.abs(nearest), sizes);
  return v128.bitselect(nearest, scales, v128.and(v128.and(areLarge, fit), areBeyond));
}
