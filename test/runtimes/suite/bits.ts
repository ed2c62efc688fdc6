import { imageMoments, imageToTensor, restyle, tissueMask } from '../../../src/index.ts';
import { backward, type Case, forward, randomCases } from '../../support/norms.ts';
import { randomMask, randomPicture } from '../../support/pictures.ts';
import { normals } from '../../support/random.ts';
import { sizeOf } from '../../support/shapes.ts';
import type { Report } from './report.ts';
import { tryThreads } from './threads.ts';

const CASES = 200;
const CASES_A_ROUND = 12;
const SPACES = ['rgb', 'oklab', 'lab'] as const;

/** Reports the bits of seeded calls, as the first 64 bits of the SHA-256 of all their results. */
export async function report(): Promise<Report> {
  const cases = randomCases(Math.ceil(CASES / CASES_A_ROUND), 5).slice(0, CASES);
  const results = [...cases.flatMap(resultsOf), ...SPACES.flatMap(pictureResults)];
  const bytes = await new Blob(results).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const digest = Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0'));
  const threads = await tryThreads();
  return { cases: cases.length + SPACES.length, digest: digest.join(''), ...threads };
}

/** Returns the output, gradients and running statistics of a call, with inputs near 0 and far from it. */
function resultsOf({ call, arrays }: Case, seed: number): Float32Array<ArrayBuffer>[] {
  const size = sizeOf(call.shape);
  const x = { data: normals(size, seed, 10 ** (seed % 6), 2), shape: call.shape };
  const gradOutput = { data: normals(size, seed + 1), shape: call.shape };
  const y = forward(call, x, arrays);
  const { input, weight, bias } = backward(call, gradOutput, x, arrays);
  const { runningMean, runningVar } = arrays;
  const results = [y.data, input.data, weight, bias, runningMean, runningVar];
  return results.filter((result) => result instanceof Float32Array) as Float32Array<ArrayBuffer>[];
}

/** Returns what pictures become in a space, as tensors, moments and bytes. */
function pictureResults(space: (typeof SPACES)[number]): BlobPart[] {
  const [content, style] = [randomPicture(199, 83, 1), randomPicture(61, 300, 2)];
  const mask = randomMask(content, 3);
  const moments = imageMoments(style, { space });
  const restyled = restyle(content, moments, { space, contentMask: mask, strength: 0.7 });
  const x = imageToTensor(restyled, { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
  const parts = [restyled.data, x.data, tissueMask(content)] as BlobPart[];
  return [...parts, JSON.stringify([moments, imageMoments(content, { space, mask })])];
}
