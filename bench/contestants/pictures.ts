// Who does what with pictures. Each operation of a contestant returns a function to call.

import {
  Arena,
  imageMoments,
  imageToTensor,
  restyle,
  Tensor,
  tensorToImage,
  tissueMask,
} from '../../dist/index.js';
import { MEAN, type PictureJob, type PictureOperation, STD } from '../problems/picture-job.ts';
import { OURS } from './names.ts';

/** Work to time; it returns its result, or a promise of it. */
export type Work = () => ArrayLike<number> | Promise<ArrayLike<number>>;

/** Makes the work of an operation, or returns null where there is no such operation. */
export interface PictureContestant {
  readonly name: string;
  readonly prepare: (operation: PictureOperation, job: PictureJob) => Work | null;
}

const NORMALIZATION = { mean: MEAN, std: STD };
const SPACES = { RGB: 'rgb', Oklab: 'oklab', CIELAB: 'lab' } as const;

/** The library, with the picture in an arena or in plain arrays, and with `out`. */
export function ours(name: string): PictureContestant {
  return {
    name,
    prepare(operation, { image: source, style }) {
      const { width, height } = source;
      const pixels = width * height;
      const place = name === OURS.arena ? new Arena(pixels * 20 + 4096) : null;
      const blank = () => ({ data: new Uint8ClampedArray(4 * pixels), width, height });
      const image = place?.image(width, height) ?? source;
      if (place) image.data.set(source.data);
      const out = place?.image(width, height) ?? blank();
      const shape = [1, 3, height, width];
      const x = place?.tensor(shape) ?? new Tensor(new Float32Array(3 * pixels), shape);
      const space = SPACES[operation.split(', ')[1] as keyof typeof SPACES];
      if (operation === 'imageToTensor') {
        return () => imageToTensor(image, { ...NORMALIZATION, out: x }).data;
      }
      if (operation === 'tensorToImage') {
        imageToTensor(image, { ...NORMALIZATION, out: x });
        return () => tensorToImage(x, { ...NORMALIZATION, out }).data;
      }
      if (operation === 'tissueMask') return () => tissueMask(image);
      if (operation.startsWith('imageMoments')) {
        return () => {
          const { mean, ...moments } = momentsOf(imageMoments(image, { space }));
          return [...mean, ...moments.std];
        };
      }
      const known = imageMoments(style, { space });
      const contentMoments = operation.endsWith('known') ? imageMoments(image, { space }) : null;
      return () => restyle(image, known, { contentMoments, out }).data;
    },
  };
}

function momentsOf(moments: ReturnType<typeof imageMoments>) {
  return { mean: moments.mean, std: moments.std() };
}

interface OldLibrary {
  imageToTensor(image: object, options?: object): { data: Float32Array };
  tensorToImage(tensor: object, options?: object): { data: Uint8ClampedArray };
  restyle(content: object, style: object, options?: object): { data: Uint8ClampedArray };
  ChannelMoments: new (channels: number) => OldMoments;
}

interface OldMoments {
  update(tensor: object): OldMoments;
  readonly mean: Float64Array;
  std(): Float64Array;
}

/** An earlier library that was built in a folder: it has no moments of pictures by themselves. */
export async function earlier(folder: string): Promise<PictureContestant> {
  const old: OldLibrary = await import(`${folder}/dist/index.js`);
  const found = (moments: OldMoments): number[] => [...moments.mean, ...moments.std()];
  return {
    name: 'earlier',
    prepare(operation, { image, style }) {
      const [name, space] = operation.split(', ');
      if (name === 'imageToTensor') return () => old.imageToTensor(image, NORMALIZATION).data;
      if (name === 'tensorToImage') {
        const x = old.imageToTensor(image, NORMALIZATION);
        return () => old.tensorToImage(x, NORMALIZATION).data;
      }
      if (operation === 'imageMoments, RGB') {
        return () => found(new old.ChannelMoments(3).update(old.imageToTensor(image)));
      }
      if (name !== 'restyle' || space === 'CIELAB') return null;
      return () => old.restyle(image, style, { space: space === 'RGB' ? 'rgb' : 'oklab' }).data;
    },
  };
}
