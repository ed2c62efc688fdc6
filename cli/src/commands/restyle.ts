import { parseCommandLine } from '../command-line/parse.ts';
import {
  readMask,
  readNumber,
  readQueueOptions,
  readSpace,
  readThreads,
  readWhole,
} from '../command-line/values.ts';
import { Refusal } from '../files/refusal.ts';
import { planRestyling } from '../restyle/plan.ts';
import { restyleAll } from '../restyle/restyle-all.ts';
import { readStyle } from '../styles/read-style.ts';

export const USAGE = `wasm-norm restyle CONTENT... --style STYLE [options]

Gives photographs the colours of another: each channel takes on the mean and standard deviation
that it has in STYLE.

CONTENT is a picture, several, or a folder, of which a folder comes out, its structure kept.
STYLE is a picture, or moments that wasm-norm fit has written (.json). Pictures are PNG, JPEG,
WebP, AVIF, TIFF or GIF; results are upright, in sRGB, with the content's alpha. CONTENT, STYLE and
PLACE may lie in a store that speaks S3: s3://BUCKET/KEY (npm install @aws-sdk/client-s3).

  --style FILE       the picture, or the moments, whose colours are taken
  --out PLACE        a file that ends in .png, .jpg, .webp or .avif, or a folder
                     (beside CONTENT, with -restyled behind its name)
  --strength NUMBER  from 0, CONTENT as it is, to 1, all of STYLE's colours (1)
  --space SPACE      the channels that are matched: rgb, oklab or lab (rgb, or that of the moments)
  --mask tissue      match stained tissue alone; empty glass stays as it is
  --quality NUMBER   1 to 100, of JPEG, WebP (90) and AVIF (65)
  --overwrite        replace CONTENT or STYLE where PLACE names them
  --threads N        work on N pictures at once (all cores); any N gives the same bits
  --queue URL        let workers do it: redis://HOST:PORT, postgres://HOST:PORT/DATABASE or
                     env:NAME, a variable that holds such a URL; results and output are the same
  --detach           with --queue: print the id that wasm-norm status takes, and do not wait
  --shard N          with --queue: pictures of a job (1000)
  --help             this text`;

const OPTIONS = {
  style: 'text',
  out: 'text',
  strength: 'text',
  space: 'text',
  mask: 'text',
  quality: 'text',
  overwrite: 'flag',
  threads: 'text',
  queue: 'text',
  detach: 'flag',
  shard: 'text',
  help: 'flag',
} as const;

/** Runs `wasm-norm restyle`. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals: contents } = parseCommandLine(args, OPTIONS);
  if (values.help) return console.log(USAGE);
  if (contents.length === 0) {
    throw new Refusal('expected a picture to restyle, got none; --help says more');
  }
  const { style, out = null, overwrite } = values;
  if (style === undefined) throw new Refusal('--style: expected a picture or moments, got none');
  const strength = readNumber('strength', values.strength ?? '1', 0, 1);
  const space = readSpace(values.space);
  const tissueOnly = readMask(values.mask);
  const quality =
    values.quality === undefined ? null : readWhole('quality', values.quality, 1, 100);
  const queue = readQueueOptions(values);
  const threads = readThreads(values.threads);

  const plan = await planRestyling({ contents, out, style, overwrite, suffix: 'restyled' });
  const moments = await readStyle(style, space, tissueOnly);
  const options = { style: moments.toJSON(), strength, tissueOnly, quality };
  if (queue === null) await restyleAll(plan, options, threads);
  else await (await import('../restyle/restyle-in-queue.ts')).restyleInQueue(plan, options, queue);
}
