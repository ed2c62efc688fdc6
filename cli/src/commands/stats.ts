import { extname } from 'node:path';
import { parseCommandLine } from '../command-line/parse.ts';
import { readMask, readQueueOptions, readThreads, readWord } from '../command-line/values.ts';
import { filesAt, writeFileAt } from '../files/files-at.ts';
import { isAddress } from '../files/places.ts';
import { Refusal } from '../files/refusal.ts';
import { findPictures } from '../pictures/find-pictures.ts';
import { drawHistograms } from '../stats/draw-histograms.ts';
import { jsonReport, textReport } from '../stats/report.ts';
import { countPictures } from '../stats/survey.ts';

export const USAGE = `wasm-norm stats FOLDER|MANIFEST... [options]

Finds the mean and standard deviation of red, green and blue over folders of pictures, for
torchvision's transforms.Normalize and for imageToTensor.

All pictures in FOLDER and the folders in it are counted, upright and in sRGB, those of 16 bits
as such. Pixels that nobody sees, with an alpha of 0, do not count. A picture that can't be read
is named at the end, and the others are counted. MANIFEST.tsv lists pictures, a line for each: its
size in bytes, a tab, and its path from the folder of MANIFEST. All of them may lie in a store that
speaks S3: s3://BUCKET/KEY (npm install @aws-sdk/client-s3).

  --per pixel|image  what weighs the same: each pixel, or each picture (pixel)
  --mask tissue      count the tissue of stained slides alone, not the empty glass
  --histogram FILE   draw the channels' histograms, as SVG
  --resume STATE     keep the state of the run in this file, made where there is none;
                     after an interruption the same command goes on from it, and gives
                     the very numbers of an uninterrupted run
  --json             print JSON instead of text: pictures, mean, std, unreadable and more
  --threads N        work on N pictures at once (all cores); any N gives the same bits
  --queue URL        let workers do it: redis://HOST:PORT, postgres://HOST:PORT/DATABASE or
                     env:NAME, a variable that holds such a URL; the output is the same
  --detach           with --queue: print the id that wasm-norm status takes, and do not wait
  --shard N          with --queue: pictures of a job (1000)
  --help             this text`;

const OPTIONS = {
  per: 'text',
  mask: 'text',
  histogram: 'text',
  resume: 'text',
  json: 'flag',
  threads: 'text',
  queue: 'text',
  detach: 'flag',
  shard: 'text',
  help: 'flag',
} as const;

/** Runs `wasm-norm stats`. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals: given } = parseCommandLine(args, OPTIONS);
  if (values.help) return console.log(USAGE);
  if (given.length === 0)
    throw new Refusal('expected a folder of pictures, got none; --help says more');
  const per = readWord('per', values.per ?? 'pixel', ['pixel', 'image']);
  const tissueOnly = readMask(values.mask);
  const queue = readQueueOptions(values);
  const threads = readThreads(values.threads);
  const { histogram, resume = null } = values;
  if (queue && resume !== null) throw new Refusal('--resume: a queue keeps the state itself');
  if (resume !== null && isAddress(resume)) {
    throw new Refusal(`--resume: expected a file of this machine, got '${resume}'`);
  }
  if (histogram !== undefined) {
    if (extname(histogram).toLowerCase() !== '.svg') {
      throw new Refusal(`--histogram: expected a file name that ends in .svg, got '${histogram}'`);
    }
    await (await filesAt(histogram)).checkWritable(histogram);
  }

  const { pictures, skipped } = await findPictures(given);
  const names = given.join(' ');
  if (pictures.length === 0) throw new Refusal(`${names}: expected pictures, got none`);
  const options = { tissueOnly, histograms: histogram !== undefined };
  const survey = { given, pictures, options };
  const counted = queue
    ? await (await import('../stats/count-in-queue.ts')).countInQueue(survey, queue)
    : { statistics: await countPictures(survey, resume, threads), refusal: null };
  const { statistics, refusal } = counted;
  if (statistics === null) return;
  if (statistics.pictures === 0) {
    const [first] = statistics.unreadable;
    throw new Refusal(
      `${names}: none of ${statistics.files} pictures could be read; ${first?.file}: ${first?.reason}`,
    );
  }
  if (statistics.pixels === 0) {
    throw new Refusal(
      `${names}: no pixel counts: ${tissueOnly ? 'none is tissue' : 'none is seen'}`,
    );
  }
  const reported = { given, statistics, per, skipped };
  console.log(values.json ? jsonReport(reported) : textReport(reported));
  if (!values.json) console.error(`${residentMegabytes()} MB of memory at most`);
  if (histogram !== undefined) await writeFileAt(histogram, drawHistograms(names, statistics, per));
  if (refusal !== null) throw refusal;
}

function residentMegabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
