import { CREDITS } from '../../paint/network/credits.ts';
import { parseCommandLine } from '../command-line/parse.ts';
import { readNumber, readQueueOptions, readThreads, readWhole } from '../command-line/values.ts';
import { Refusal } from '../files/refusal.ts';
import { chooseBlend, chooseStyle } from '../painting/choose-style.ts';
import { planRestyling } from '../restyle/plan.ts';
import { restyleAll } from '../restyle/restyle-all.ts';
import { writeSheet } from '../restyle/sheet.ts';

export const USAGE = `wasm-norm paint PHOTO... --style STYLE [options]

Paints photographs in the style of a painting, in their size, however large they are.

PHOTO is a picture, several, or a folder, of which a folder comes out, its structure kept.
A style is a name that --styles lists, or a file of one's own. PHOTO and PLACE may lie in a store
that speaks S3: s3://BUCKET/KEY (npm install @aws-sdk/client-s3).

  --style NAME       the style, or a file that ends in .safetensors with the weights and biases of
                     the network's normalizations
  --blend A=1,B=2    a mixture of styles; the numbers need not add up to 1, only their ratios count
  --strength NUMBER  from 0, PHOTO as it is, to 1, all painted (1)
  --stroke NUMBER    how many times larger the strokes are: 2 paints at half the size, and enlarges
                     (1, from 0.25 to 32)
  --out PLACE        a file that ends in .png, .jpg, .webp or .avif, or a folder
                     (beside PHOTO, with -painted behind its name)
  --quality NUMBER   1 to 100, of JPEG, WebP (90) and AVIF (65)
  --overwrite        replace PHOTO where PLACE names it
  --threads N        how many threads work (all cores): on N pictures at once, or on one;
                     any N gives the same bits
  --queue URL        let workers do it: redis://HOST:PORT, postgres://HOST:PORT/DATABASE or
                     env:NAME, a variable that holds such a URL; results and output are the same
  --detach           with --queue: print the id that wasm-norm status takes, and do not wait
  --shard N          with --queue: pictures of a job (1000)
  --styles           list the styles, their painters and works
  --sheet FILE       paint each PHOTO in all styles, as one picture
  --help             this text`;

const OPTIONS = {
  style: 'text',
  blend: 'text',
  strength: 'text',
  stroke: 'text',
  out: 'text',
  quality: 'text',
  overwrite: 'flag',
  threads: 'text',
  queue: 'text',
  detach: 'flag',
  shard: 'text',
  styles: 'flag',
  sheet: 'text',
  help: 'flag',
} as const;

/** Runs `wasm-norm paint`. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals: contents } = parseCommandLine(args, OPTIONS);
  if (values.help) return console.log(USAGE);
  if (values.styles) return console.log(listStyles());
  if (contents.length === 0) {
    throw new Refusal('expected a photograph to paint, got none; --help says more');
  }
  const { style, blend, out = null, overwrite, sheet } = values;
  const strength = readNumber('strength', values.strength ?? '1', 0, 1);
  const stroke = readNumber('stroke', values.stroke ?? '1', 0.25, 32);
  const quality =
    values.quality === undefined ? null : readWhole('quality', values.quality, 1, 100);
  const queue = readQueueOptions(values);
  const threads = readThreads(values.threads);
  if (sheet !== undefined) {
    if (queue !== null) throw new Refusal('--sheet: takes no --queue, since it is one picture');
    if (style !== undefined || blend !== undefined || out !== null) {
      throw new Refusal('--sheet: takes no --style, --blend or --out, since it shows all styles');
    }
    return writeSheet(contents, sheet, { strength, stroke, threads }, quality);
  }
  if ((style === undefined) === (blend === undefined)) {
    const got = style === undefined ? 'none' : 'both';
    throw new Refusal(`expected --style or --blend, got ${got}; --styles lists the styles`);
  }
  const numbers = style === undefined ? await chooseBlend(blend ?? '') : await chooseStyle(style);

  const input = style?.endsWith('.safetensors') ? style : null;
  const plan = await planRestyling({ contents, out, style: input, overwrite, suffix: 'painted' });
  const isOne = plan.restylings.length === 1;
  const painting = {
    style: Array.from(numbers),
    strength,
    stroke,
    // One level of threads: with several pictures each thread has one, as each of a worker has.
    threads: isOne && queue === null ? threads : 1,
  };
  const options = { painting, quality };
  if (queue === null) await restyleAll(plan, options, threads);
  else await (await import('../restyle/restyle-in-queue.ts')).restyleInQueue(plan, options, queue);
}

function listStyles(): string {
  const names = Object.keys(CREDITS);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  return names
    .map((name) => `${name.padEnd(width)}${CREDITS[name]?.painter}, ${CREDITS[name]?.work}`)
    .join('\n');
}
