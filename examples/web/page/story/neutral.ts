import { ImageMoments, imageMoments } from 'wasm-norm';
import { CHANNELS, type Space } from '../restyle/channels.ts';
import { DEVIATIONS } from './journey.ts';

/**
 * Returns moments that show normalized values as a picture: mean 0 in the middle of each channel's
 * range, three deviations at its ends.
 */
export function neutralMoments(space: Space): ImageMoments {
  if (space === 'rgb') {
    // Two greys of mean 127.5 and deviation 42.5, which is 255 / 6.
    const data = Uint8ClampedArray.of(85, 85, 85, 255, 170, 170, 170, 255);
    return imageMoments({ data, width: 2, height: 1 });
  }
  const channels = CHANNELS[space];
  const count = 2;
  const mean = channels.map(({ low, high }) => (low + high) / 2);
  const squares = channels.map(({ low, high }) => count * ((high - low) / 2 / DEVIATIONS) ** 2);
  return ImageMoments.fromJSON({ space, count, mean, squares });
}
