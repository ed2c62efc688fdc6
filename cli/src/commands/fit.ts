import { ImageMoments } from 'wasm-norm';
import { parseCommandLine } from '../command-line/parse.ts';
import { readMask, readSpace, readThreads } from '../command-line/values.ts';
import { filesAt } from '../files/files-at.ts';
import { fullPlace } from '../files/places.ts';
import { Refusal } from '../files/refusal.ts';
import { findPictures } from '../pictures/find-pictures.ts';
import type { FitOptions } from '../styles/fit-style.ts';
import { isNamedLikeMoments, writeMoments } from '../styles/moments-file.ts';
import { cutIntoParts } from '../work/cut.ts';
import { Interruption } from '../work/interruption.ts';
import { startProgress } from '../work/progress.ts';
import { runShards } from '../work/threads.ts';

export const USAGE = `wasm-norm fit STYLE... --out MOMENTS.json [options]

Finds the moments of one or many style pictures, or folders of them: what restyle takes in place
of a style. A style is fitted once and applied to many; in an edge worker none is decoded at all.

  --out MOMENTS.json  where to write
  --space SPACE       the channels that are matched: rgb, oklab or lab (rgb)
  --mask tissue       find the moments of stained tissue alone, not of the empty glass
  --threads N         work on N pictures at once (all cores); any N gives the same bits
  --help              this text`;

const OPTIONS = {
  out: 'text',
  space: 'text',
  mask: 'text',
  threads: 'text',
  help: 'flag',
} as const;

/** Runs `wasm-norm fit`. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals: styles } = parseCommandLine(args, OPTIONS);
  if (values.help) return console.log(USAGE);
  if (styles.length === 0) {
    throw new Refusal('expected a style picture, got none; --help says more');
  }
  const { out } = values;
  if (out === undefined || !isNamedLikeMoments(out)) {
    throw new Refusal(`--out: expected a file name that ends in .json, got ${out ?? 'none'}`);
  }
  const options = { space: readSpace(values.space) ?? 'rgb', tissueOnly: readMask(values.mask) };
  const threads = readThreads(values.threads);
  await (await filesAt(out)).checkWritable(out);

  const { pictures } = await findPictures(styles);
  if (pictures.length === 0) throw new Refusal(`${styles.join(' ')}: expected pictures, got none`);
  if (pictures.some(({ path }) => fullPlace(path) === fullPlace(out))) {
    throw new Refusal(`--out: ${out} is one of the styles`);
  }
  const moments = await fitAll(
    pictures.map(({ path }) => path),
    options,
    threads,
  );
  if (moments === null) return;
  await writeMoments(out, moments);
  const of = pictures.length === 1 ? '' : ` of ${pictures.length} pictures`;
  console.log(
    `${out}: moments in ${options.space}${of}, ${moments.count.toLocaleString('en')} pixels`,
  );
}

async function fitAll(
  paths: readonly string[],
  options: FitOptions,
  threads: number,
): Promise<ImageMoments | null> {
  const moments = new ImageMoments(options.space);
  const interruption = new Interruption();
  const bar = paths.length > 1 ? startProgress(paths.length, 0) : null;
  let fitted = 0;
  try {
    const results = runShards(cutIntoParts({ job: 'fit', options, items: paths }), {
      threads: Math.min(threads, paths.length),
      taken: () => bar?.increment(),
      isStopped: () => interruption.came,
    });
    for await (const result of results) {
      for (const json of result) moments.merge(ImageMoments.fromJSON(json));
      fitted += result.length;
    }
  } finally {
    bar?.stop();
    interruption.end();
  }
  if (fitted === paths.length) return moments;
  console.error(`Stopped after ${fitted} of ${paths.length}; nothing was written.`);
  process.exitCode = interruption.exitCode;
  return null;
}
