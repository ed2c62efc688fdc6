import { imageMoments } from '../../dist/index.js';
import { MEAN, STD } from '../problems/picture-job.ts';
import type { PictureContestant } from './pictures.ts';

interface Mat {
  delete(): void;
  readonly data: Uint8Array;
  readonly data32F: Float32Array;
  readonly data64F: Float64Array;
  readonly cols: number;
  convertTo(to: Mat, type: number, scale?: number, shift?: number): void;
}

interface MatVector {
  delete(): void;
  get(index: number): Mat;
}

// What this file uses of opencv.js.
interface OpenCv {
  readonly Mat: new (rows?: number, columns?: number, type?: number) => Mat;
  readonly MatVector: new () => MatVector;
  readonly CV_8U: number;
  readonly CV_8UC3: number;
  readonly CV_8UC4: number;
  readonly CV_32F: number;
  readonly COLOR_RGBA2RGB: number;
  readonly COLOR_RGB2RGBA: number;
  readonly COLOR_RGB2Lab: number;
  readonly COLOR_Lab2RGB: number;
  split(from: Mat, to: MatVector): void;
  merge(from: MatVector, to: Mat): void;
  meanStdDev(from: Mat, mean: Mat, std: Mat): void;
  cvtColor(from: Mat, to: Mat, code: number): void;
  LUT(from: Mat, table: Mat, to: Mat): void;
  onRuntimeInitialized?: () => void;
}

/**
 * Imports opencv.js. Its `then` calls back with itself, so that `await` would never end; a
 * program may only wait for its callback.
 */
async function loadOpenCv(): Promise<{ readonly cv: OpenCv }> {
  const name = '@techstark/opencv-js';
  const { default: cv }: { default: OpenCv } = await import(name);
  if (!cv.Mat) {
    await new Promise<void>((resolve) => {
      cv.onRuntimeInitialized = resolve;
    });
  }
  return { cv };
}

/** opencv.js, one thread, with matrices that are made once. */
export async function opencvPictures(): Promise<PictureContestant> {
  const { cv } = await loadOpenCv();
  // Its memory ends at 1 GB, and nothing in it is collected.
  let held: { delete(): void }[] = [];
  const hold = <Held extends { delete(): void }>(made: Held): Held => {
    held.push(made);
    return made;
  };
  return {
    name: 'opencv.js',
    prepare(operation, { image: { data, width, height }, style }) {
      for (const one of held) one.delete();
      held = [];
      const x = hold(new cv.Mat(height, width, cv.CV_8UC4));
      x.data.set(data);
      const [mean, std] = [hold(new cv.Mat()), hold(new cv.Mat())];
      if (operation === 'imageToTensor') {
        const bytes = hold(new cv.MatVector());
        const planes = MEAN.map(() => hold(new cv.Mat(height, width, cv.CV_32F)));
        return () => {
          cv.split(x, bytes);
          planes.forEach((plane, i) => {
            const [m, s] = [MEAN[i] as number, STD[i] as number];
            const plain = bytes.get(i);
            plain.convertTo(plane, cv.CV_32F, 1 / (255 * s), -m / s);
            plain.delete();
          });
          return parts(planes.map(({ data32F }) => data32F));
        };
      }
      if (operation === 'imageMoments, RGB') {
        return () => {
          cv.meanStdDev(x, mean, std);
          return [...mean.data64F.slice(0, 3), ...std.data64F.slice(0, 3)].map((v) => v / 255);
        };
      }
      const [rgb, singles, lab] = [hold(new cv.Mat()), hold(new cv.Mat()), hold(new cv.Mat())];
      const toLab = () => {
        cv.cvtColor(x, rgb, cv.COLOR_RGBA2RGB);
        rgb.convertTo(singles, cv.CV_32F, 1 / 255, 0);
        cv.cvtColor(singles, lab, cv.COLOR_RGB2Lab);
      };
      if (operation === 'imageMoments, CIELAB') {
        return () => {
          toLab();
          cv.meanStdDev(lab, mean, std);
          return [...mean.data64F, ...std.data64F];
        };
      }
      if (operation === 'restyle, RGB, moments known') {
        const image = { data, width, height };
        const [from, to] = [imageMoments(image), imageMoments(style)];
        const table = hold(new cv.Mat(1, 256, cv.CV_8UC4));
        const bytes = Uint8ClampedArray.from({ length: 1024 }, (_, i) => {
          const [channel, byte] = [i % 4, i >> 2];
          if (channel === 3) return byte;
          const ratio = (to.std()[channel] as number) / (from.std()[channel] as number);
          return (
            255 *
            ((byte / 255 - (from.mean[channel] as number)) * ratio + (to.mean[channel] as number))
          );
        });
        table.data.set(bytes);
        const y = hold(new cv.Mat());
        return () => {
          cv.LUT(x, table, y);
          return y.data;
        };
      }
      return null;
    },
  };
}

/** Arrays one after the other, read without a copy. */
function parts(arrays: readonly Float32Array[]): ArrayLike<number> {
  const size = (arrays[0] as Float32Array).length;
  return new Proxy({ length: 3 * size } as ArrayLike<number>, {
    get: (target, key) =>
      key === 'length'
        ? target.length
        : arrays[Math.floor(Number(key) / size)]?.[Number(key) % size],
  });
}
