import { type ImageLike, imageMoments } from 'wasm-norm';

/** What one channel of a picture is like, in bytes. */
export interface ChannelStatistics {
  readonly mean: number;
  /** The biased standard deviation, which is what normalization matches. */
  readonly std: number;
}

/** Returns the statistics of red, green and blue, over the pixels that are not transparent. */
export function channelStatistics(picture: ImageLike): ChannelStatistics[] {
  const moments = imageMoments(picture);
  const std = moments.std();
  return [...moments.mean].map((mean, channel) => ({
    mean: 255 * mean,
    std: 255 * (std[channel] as number),
  }));
}
