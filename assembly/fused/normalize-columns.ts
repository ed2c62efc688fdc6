import { findScales } from '../columns/small-samples';
import { loadPair, storePair } from '../core/lanes';
import { loadOr } from '../core/line';
import { MOMENTS } from '../core/moments';

// Elements of a strip, the consecutive samples that are normalized together. They are few
// enough to stay in the first-level cache, and enough that roots and quotients overlap.
const STRIP_ELEMENTS: usize = 2048;

/**
 * Normalizes the columns of each sample by their own moments, or `groupSize` consecutive
 * columns by common ones. A sample has few rows.
 *
 * @param y (samples, rows, columns) float32; may be x
 * @param moments (samples, columns / groupSize) moments, written; 0: none
 * @param means (samples, columns) float64 to work in, of which at most the larger of
 *   STRIP_ELEMENTS and columns are touched, rounded up to twos
 * @param scales (samples, columns) float64 to work in, likewise
 * @param x (samples, rows, columns) float32
 * @param weight (period) float32, those of the samples' columns in turn; 0: all 1
 * @param bias (period) float32, likewise; 0: all 0
 * @param period a multiple of columns
 */
export function normalizeColumns(
  y: usize,
  moments: usize,
  means: usize,
  scales: usize,
  x: usize,
  weight: usize,
  bias: usize,
  samples: usize,
  rows: usize,
  columns: usize,
  groupSize: usize,
  period: usize,
  eps: f64,
): void {
  const size = rows * columns;
  const stripSamples = max<usize>(1, STRIP_ELEMENTS / size);
  let channel: usize = 0;
  while (samples) {
    const taken = min(samples, stripSamples);
    const channels = taken * columns;
    findScales(moments, means, scales, x, taken, rows, columns, groupSize, eps);
    if (moments) moments += (channels / groupSize) * MOMENTS;
    for (let done: usize = 0; done < channels; done += columns) {
      const w = weight ? weight + (channel << 2) : 0;
      const b = bias ? bias + (channel << 2) : 0;
      applyScales(y, x, means + (done << 3), scales + (done << 3), w, b, rows, columns);
      channel += columns;
      if (channel === period) channel = 0;
      y += size << 2;
      x += size << 2;
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
): void {
  const step = columns << 2;
  const size = rows * step;
  for (const end = x + (step & ~7); x < end; x += 8) {
    const mean = v128.load(means);
    let scale = v128.load(scales);
    let shift = f64x2.splat(0);
    if (weight) {
      scale = f64x2.mul(scale, loadPair(weight));
      weight += 8;
    }
    if (bias) {
      shift = loadPair(bias);
      bias += 8;
    }
    for (let at: usize = 0; at < size; at += step) {
      const z = f64x2.mul(f64x2.sub(loadPair(x + at), mean), scale);
      storePair(y + at, f64x2.add(z, shift));
    }
    means += 16;
    scales += 16;
    y += 8;
  }
  if (columns & 1) {
    const mean = f64.load(means);
    const scale = f64.load(scales) * loadOr(weight, 0, 1);
    const shift = loadOr(bias, 0, 0);
    for (let at: usize = 0; at < size; at += step) {
      f32.store(y + at, <f32>((<f64>f32.load(x + at) - mean) * scale + shift));
    }
  }
}
