import { parseArgs } from 'node:util';
import { Refusal } from '../common/refusal.ts';

/** What is asked for, in paths of files. */
export interface Options {
  readonly folder: string;
  /** Where the run keeps what it needs to go on after an interruption. */
  readonly resume: string | undefined;
  /** Where to draw the histograms. */
  readonly histogram: string | undefined;
  readonly json: boolean;
}

/** What the command line asks for. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'survey'; readonly options: Options };

export const USAGE = `Finds the mean and standard deviation of each channel over a folder of pictures.

  npm run stats -- FOLDER [options]

All PNG and JPEG files in FOLDER and the folders in it are counted, each pixel once;
alpha is left out. Numbers are of channels from 0 to 1, as imageToTensor takes them.
A picture that can't be read is named at the end, and the others are counted.

  --resume STATE     keep the state of the run in this file, made where there is none;
                     after an interruption the same command goes on from it, and gives
                     the very numbers of an uninterrupted run
  --histogram FILE   draw the channels' histograms, as SVG
  --json             print JSON instead of text
  --help             this text`;

/** @throws Refusal that names the argument, what was expected and what came. */
export function parseArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { name: 'help' };
  const [folder] = positionals;
  if (folder === undefined || positionals.length !== 1) {
    throw new Refusal(`expected one folder, got ${positionals.length}; --help says more`);
  }
  const { resume, histogram, json } = values;
  if (histogram !== undefined && !/\.svg$/i.test(histogram)) {
    throw new Refusal(`--histogram: expected a file name that ends in .svg, got '${histogram}'`);
  }
  return { name: 'survey', options: { folder, resume, histogram, json } };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        resume: { type: 'string' },
        histogram: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new Refusal((error as Error).message);
  }
}
