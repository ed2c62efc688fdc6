import type { ImageLike } from 'wasm-norm';

/** What one channel of a picture's bytes looks like. */
export interface ChannelStatistics {
  readonly mean: number;
  /** The biased standard deviation, which is what normalization matches. */
  readonly std: number;
  /** The share of bytes that are 0 or 255, where a result may have been clamped. */
  readonly atLimits: number;
}

/** Returns the statistics of red, green and blue. */
export function channelStatistics({ data }: ImageLike): ChannelStatistics[] {
  return [0, 1, 2].map((channel) => {
    const histogram = new Float64Array(256);
    for (let at = channel; at < data.length; at += 4) {
      const byte = data[at] as number;
      histogram[byte] = (histogram[byte] as number) + 1;
    }
    const pixels = data.length / 4;
    const mean = histogram.reduce((sum, count, byte) => sum + count * byte, 0) / pixels;
    const squares = histogram.reduce((sum, count, byte) => sum + count * (byte - mean) ** 2, 0);
    const atLimits = ((histogram[0] as number) + (histogram[255] as number)) / pixels;
    return { mean, std: Math.sqrt(squares / pixels), atLimits };
  });
}

/** Returns the share of pixels with a channel at 0 or 255 that was not there in the content. */
export function clippedShare(content: ImageLike, result: ImageLike): number {
  const isLimit = (byte: number | undefined) => byte === 0 || byte === 255;
  const pixels = result.data.length / 4;
  let clipped = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const channels = [4 * pixel, 4 * pixel + 1, 4 * pixel + 2];
    if (channels.some((at) => isLimit(result.data[at]) && !isLimit(content.data[at]))) clipped++;
  }
  return clipped / pixels;
}
