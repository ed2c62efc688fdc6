import { referenceSpaces } from '../../test/support/colour.ts';
import { MEAN, STD } from '../problems/picture-job.ts';
import { PLAIN } from './names.ts';
import type { PictureContestant } from './pictures.ts';

type Bytes = Uint8ClampedArray;

/** Loops as one writes them: no tables, every number a float64. */
export const plainPictures: PictureContestant = {
  name: PLAIN,
  prepare(operation, { image, style }) {
    const { data } = image;
    const [name, space] = operation.split(', ');
    if (name === 'imageToTensor') {
      const values = new Float32Array((3 * data.length) / 4);
      return () => toPlanes(values, data);
    }
    if (name === 'tensorToImage') {
      const values = toPlanes(new Float32Array((3 * data.length) / 4), data);
      const bytes = new Uint8ClampedArray(data.length);
      return () => toBytes(bytes, values);
    }
    if (name === 'tissueMask') {
      const mask = new Uint8Array(data.length / 4);
      return () => {
        for (let i = 0; i < mask.length; i++) {
          const [lightness] = referenceSpaces.lab.of(colourAt(data, i));
          mask[i] = lightness < 80 ? 1 : 0;
        }
        return mask;
      };
    }
    const known = space === 'Oklab' ? referenceSpaces.oklab : referenceSpaces.lab;
    const { of, back } = space === 'RGB' ? RGB : known;
    if (name === 'imageMoments') return () => momentsOf(data, of);
    const to = momentsOf(style.data, of);
    const from = operation.endsWith('known') ? momentsOf(data, of) : null;
    const bytes = new Uint8ClampedArray(data);
    return () => recolour(bytes, data, of, back, from ?? momentsOf(data, of), to);
  },
};

type Colour = readonly [number, number, number];
type Convert = (colour: Colour) => Colour;

const RGB: { readonly of: Convert; readonly back: Convert } = {
  of: ([red, green, blue]) => [red / 255, green / 255, blue / 255],
  back: ([red, green, blue]) => [red * 255, green * 255, blue * 255],
};

function colourAt(data: Bytes, pixel: number): Colour {
  return [data[4 * pixel] as number, data[4 * pixel + 1] as number, data[4 * pixel + 2] as number];
}

function toPlanes(values: Float32Array, data: Bytes): Float32Array {
  const pixels = data.length / 4;
  for (let channel = 0; channel < 3; channel++) {
    const [mean, std] = [MEAN[channel] as number, STD[channel] as number];
    for (let i = 0; i < pixels; i++) {
      values[channel * pixels + i] = ((data[4 * i + channel] as number) / 255 - mean) / std;
    }
  }
  return values;
}

function toBytes(bytes: Bytes, values: Float32Array): Bytes {
  const pixels = bytes.length / 4;
  for (let channel = 0; channel < 3; channel++) {
    const [mean, std] = [MEAN[channel] as number, STD[channel] as number];
    for (let i = 0; i < pixels; i++) {
      bytes[4 * i + channel] = ((values[channel * pixels + i] as number) * std + mean) * 255;
    }
  }
  for (let at = 3; at < bytes.length; at += 4) bytes[at] = 255;
  return bytes;
}

/** Returns three means and three deviations, in two passes. */
function momentsOf(data: Bytes, of: Convert): number[] {
  const pixels = data.length / 4;
  const means = [0, 0, 0];
  const squares = [0, 0, 0];
  for (let i = 0; i < pixels; i++) {
    const colour = of(colourAt(data, i));
    for (let axis = 0; axis < 3; axis++) {
      means[axis] = (means[axis] as number) + (colour[axis] as number) / pixels;
    }
  }
  for (let i = 0; i < pixels; i++) {
    const colour = of(colourAt(data, i));
    for (let axis = 0; axis < 3; axis++) {
      const difference = (colour[axis] as number) - (means[axis] as number);
      squares[axis] = (squares[axis] as number) + difference * difference;
    }
  }
  return [...means, ...squares.map((square) => Math.sqrt(square / pixels))];
}

function recolour(
  bytes: Bytes,
  data: Bytes,
  of: Convert,
  back: Convert,
  from: readonly number[],
  to: readonly number[],
): Bytes {
  for (let i = 0; i < data.length / 4; i++) {
    const colour = of(colourAt(data, i)).map((value, axis) => {
      const ratio = (to[axis + 3] as number) / (from[axis + 3] as number);
      return (value - (from[axis] as number)) * ratio + (to[axis] as number);
    });
    bytes.set(back(colour as unknown as Colour), 4 * i);
  }
  return bytes;
}
