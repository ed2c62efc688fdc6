// How fast are operations on pictures, beside memory.copy, plain loops, opencv.js and sharp?

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { markdownTable } from '../../test/support/markdown-table.ts';
import { LIMIT, OURS } from '../contestants/names.ts';
import { earlier, ours, type PictureContestant, type Work } from '../contestants/pictures.ts';
import { opencvPictures } from '../contestants/pictures-opencv.ts';
import { plainPictures } from '../contestants/pictures-plain.ts';
import { sharpPictures } from '../contestants/pictures-sharp.ts';
import { surroundings } from '../measurements/surroundings.ts';
import {
  bytesOfPixel,
  makeJob,
  PICTURE_OPERATIONS,
  type PictureJob,
  type PictureOperation,
  toleranceOf,
} from '../problems/picture-job.ts';
import { median } from '../reports/median.ts';
import { type PictureResults, writePictureResults } from '../reports/pictures-picture.ts';

const SIZES = [
  [640, 480],
  [2048, 1536],
  [4000, 3000],
] as const;

// Who takes longer is left out of larger sizes.
const MAX_SECONDS = 1;

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What to compare. */
export interface PictureQuestion {
  /** Only operations with one of these in their names. */
  readonly operations: readonly string[] | undefined;
  /** The folder of an earlier library that was built. */
  readonly base: string | undefined;
  readonly quick: boolean;
  /** Whether to write bench/pictures.json, which `npm run facts` draws. */
  readonly publish: boolean;
}

/** Compares all contestants with plain float64, then times them in turns, and prints tables. */
export async function pictures(question: PictureQuestion): Promise<void> {
  const { base, quick, publish } = question;
  const contestants = [
    ours(OURS.arena),
    ours(OURS.arrays),
    plainPictures,
    await opencvPictures(),
    await sharpPictures(),
    ...(base === undefined ? [] : [await earlier(base)]),
  ];
  const operations = PICTURE_OPERATIONS.filter(
    (name) => question.operations?.some((part) => name.includes(part)) ?? true,
  );
  const timings: PictureResults['timings'][number][] = [];
  for (const [width, height] of SIZES) {
    const job = makeJob(width, height);
    for (const operation of operations) {
      // Results are compared where that takes least.
      const isFirst = width === SIZES[0][0];
      const rounds = quick ? 3 : 9;
      const [smaller] = timings.filter((timing) => timing.operation === operation).slice(-1);
      const able = contestants.filter(({ name }) => (smaller?.seconds[name] ?? 0) < MAX_SECONDS);
      const seconds = await compare(operation, job, able, rounds, isFirst);
      timings.push({ operation, megapixels: (width * height) / 1e6, seconds });
    }
    const shown = timings.filter(({ megapixels }) => megapixels === (width * height) / 1e6);
    console.log(`${width} x ${height}: milliseconds, one thread\n`);
    console.log(table(shown));
  }
  const results = { ...surroundings(), timings };
  mkdirSync(fromHere('../results/'), { recursive: true });
  writeFileSync(fromHere('../results/pictures.json'), `${JSON.stringify(results, null, 2)}\n`);
  if (publish) writePictureResults(results);
}

async function compare(
  operation: PictureOperation,
  job: PictureJob,
  contestants: readonly PictureContestant[],
  rounds: number,
  isFirst: boolean,
): Promise<Record<string, number>> {
  const works = new Map<string, Work>([[LIMIT, copying(operation, job)]]);
  for (const { name, prepare } of contestants) {
    const work = prepare(operation, job);
    if (work) works.set(name, work);
  }
  if (isFirst) await checkAll(operation, works);
  const samples = new Map<string, number[]>([...works.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of works) {
      // One call of the slow ones is sure enough.
      const times = samples.get(name) as number[];
      if (times.length > 0 && (times[0] as number) > 1) continue;
      const start = performance.now();
      await work();
      times.push((performance.now() - start) / 1e3);
    }
  }
  return Object.fromEntries([...samples].map(([name, times]) => [name, median(times)]));
}

/** Compares all results with those of plain loops. */
async function checkAll(
  operation: PictureOperation,
  works: ReadonlyMap<string, Work>,
): Promise<void> {
  const expected = Array.from(await (works.get(plainPictures.name) as Work)());
  for (const [name, work] of works) {
    if (name !== LIMIT) check(operation, name, await work(), expected);
  }
}

/** Copies half of the bytes within a WebAssembly memory: so many are read and written. */
function copying(operation: PictureOperation, { image }: PictureJob): Work {
  const bytes = (bytesOfPixel(operation) * image.width * image.height) / 2;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((2 * bytes) / 65536) + 1 });
  const all = new Uint8Array(memory.buffer).fill(7);
  return () => all.copyWithin(all.length - bytes, 0, bytes);
}

function check(
  operation: PictureOperation,
  name: string,
  found: ArrayLike<number>,
  expected: readonly number[],
): void {
  const most = toleranceOf(operation);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs((found[i] as number) - (expected[i] as number));
    if (error <= most) continue;
    throw new Error(`${operation}, ${name}: expected ${expected[i]} at ${i}, got ${found[i]}`);
  }
}

function table(timings: PictureResults['timings']): string {
  const names = [...new Set(timings.flatMap(({ seconds }) => Object.keys(seconds)))];
  const cell = (seconds: number | undefined) =>
    seconds === undefined ? '' : (seconds * 1e3).toPrecision(3);
  return markdownTable([
    ['', ...names, 'arena / copy', 'earlier / arena'],
    ...timings.map(({ operation, seconds }) => {
      const { [OURS.arena]: arena = Number.NaN, [LIMIT]: limit = Number.NaN } = seconds;
      const before = seconds.earlier;
      return [
        operation,
        ...names.map((name) => cell(seconds[name])),
        (arena / limit).toFixed(1),
        before === undefined ? '' : (before / arena).toFixed(1),
      ];
    }),
  ]);
}
