import { findScales } from '../columns/small-samples';
import { loadPair, loadPairApart, storePair, storePairApart } from '../core/lanes';
import { MOMENTS } from '../core/moments';

// Elements of a strip, the consecutive samples that are normalized together. They are few
// enough to stay in the first-level cache, and enough that roots and quotients overlap.
const STRIP_ELEMENTS: usize = 2048;

/**
 * Normalizes the columns of each sample by their own moments, or `groupSize` consecutive
 * columns by common ones. A sample has few elements in each column.
 *
 * @param y (samples, rows, columns, width) float32; may be x
 * @param moments (samples, columns / groupSize) moments, written; 0: none
 * @param means (samples, columns) float64 to work in, of which at most the larger of
 *   STRIP_ELEMENTS and columns are touched, and one more
 * @param variances (samples, columns) float64, likewise
 * @param scales (samples, columns) float64 to work in, likewise
 * @param sums (samples, columns) float64 to work in, likewise
 * @param x (samples, rows, columns, width) float32
 * @param weight (period) float32, those of the samples' columns in turn; 0: all 1
 * @param bias (period) float32, likewise; 0: all 0
 * @param period a multiple of columns
 */
export function normalizeColumns(
  y: usize,
  moments: usize,
  means: usize,
  variances: usize,
  scales: usize,
  sums: usize,
  x: usize,
  weight: usize,
  bias: usize,
  samples: usize,
  rows: usize,
  columns: usize,
  width: usize,
  groupSize: usize,
  period: usize,
  eps: f64,
): void {
  const stripSamples = max<usize>(1, STRIP_ELEMENTS / (rows * columns * width));
  const size = (rows * columns * width) << 2;
  let channel: usize = 0;
  while (samples) {
    const taken = min(samples, stripSamples);
    const channels = taken * columns;
    findScales(
      moments,
      means,
      variances,
      scales,
      sums,
      0,
      0,
      0,
      x,
      taken,
      rows,
      columns,
      width,
      groupSize,
      eps,
    );
    if (moments) moments += (channels / groupSize) * MOMENTS;
    for (let done: usize = 0; done < channels; done += columns) {
      const at = done << 3;
      const w = weight ? weight + (channel << 2) : 0;
      const b = bias ? bias + (channel << 2) : 0;
      applyScales(y, x, means + at, scales + at, w, b, rows, columns, width);
      channel += columns;
      if (channel === period) channel = 0;
      y += size;
      x += size;
    }
    samples -= taken;
  }
}

/** Sends each column along y = (x - mean) * scale * weight + bias, in float64. */
function applyScales(
  y: usize,
  x: usize,
  means: usize,
  scales: usize,
  weight: usize,
  bias: usize,
  rows: usize,
  columns: usize,
  width: usize,
): void {
  const apart = width << 2;
  const line = columns * apart;
  const size = rows * line;
  // The longer loop is the inner one.
  const isTall = rows >= width && width < 8;
  const step = isTall ? line : <usize>4;
  const end = isTall ? size : apart;
  const outerStep = isTall ? <usize>4 : line;
  const outerEnd = isTall ? apart : size;
  while (columns) {
    const taken = min<usize>(columns, 2);
    const next = (taken - 1) * apart;
    const nextWeight = (taken - 1) << 2;
    const mean = v128.load(means);
    let scale = v128.load(scales);
    let shift = f64x2.splat(0);
    if (weight) {
      scale = f64x2.mul(scale, loadPairApart(weight, nextWeight));
      weight += 8;
    }
    if (bias) {
      shift = loadPairApart(bias, nextWeight);
      bias += 8;
    }
    if (next === 4) {
      let at: usize = 0;
      do {
        const z = f64x2.mul(f64x2.sub(loadPair(x + at), mean), scale);
        storePair(y + at, f64x2.add(z, shift));
        at += line;
      } while (at < size);
    } else {
      let from: usize = 0;
      do {
        let at = from;
        const stop = from + end;
        do {
          const z = f64x2.mul(f64x2.sub(loadPairApart(x + at, next), mean), scale);
          storePairApart(y + at, f64x2.add(z, shift), next);
          at += step;
        } while (at < stop);
        from += outerStep;
      } while (from < outerEnd);
    }
    means += 16;
    scales += 16;
    y += apart << 1;
    x += apart << 1;
    columns -= taken;
  }
}
