import { Tensor } from '../../src/index.ts';

/** (N, C, *) to (N, *, C). */
export function channelsLast({ data, shape }: Tensor): Tensor {
  const [samples = 0, channels = 0, ...spatial] = shape;
  const places = data.length / (samples * channels);
  const moved = data.map((_, i) => {
    const sample = Math.floor(i / (channels * places));
    const place = Math.floor(i / channels) % places;
    return data[(sample * channels + (i % channels)) * places + place] as number;
  });
  return new Tensor(moved, [samples, ...spatial, channels]);
}
