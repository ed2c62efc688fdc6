import { parseArgs } from 'node:util';
import { Refusal } from '../common/refusal.ts';

export type Space = 'rgb' | 'oklab';

/** One picture to restyle; paths of files, and how. */
export interface Restyling {
  readonly content: string;
  readonly style: string;
  readonly out: string;
  readonly strength: number;
  readonly space: Space;
}

/** What the command line asks for. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'gallery' }
  | { readonly name: 'restyle'; readonly restyling: Restyling };

export const USAGE = `Gives a photograph the colours of another.

  npm start                                          restyle the example's photographs
  npm start -- CONTENT STYLE --out RESULT [options]  restyle CONTENT with the colours of STYLE

CONTENT and STYLE are JPEG or PNG files, each of its own size; RESULT is a PNG file.

  --out RESULT       where to write; the folder must exist
  --strength NUMBER  from 0, CONTENT as it is, to 1, all of STYLE's colours (1)
  --space SPACE      the channels that are matched, rgb or oklab (rgb)
  --help             this text`;

/** @throws Refusal that names the argument, what was expected and what came. */
export function parseArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { name: 'help' };
  if (args.length === 0) return { name: 'gallery' };
  const [content, style] = positionals;
  if (content === undefined || style === undefined || positionals.length !== 2) {
    throw new Refusal(`expected two pictures, content and style, got ${positionals.length}`);
  }
  return {
    name: 'restyle',
    restyling: {
      content,
      style,
      out: readOut(values.out),
      strength: readStrength(values.strength),
      space: readSpace(values.space),
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        strength: { type: 'string', default: '1' },
        space: { type: 'string', default: 'rgb' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new Refusal((error as Error).message);
  }
}

function readOut(text: string | undefined): string {
  if (text === undefined || !/\.png$/i.test(text)) {
    throw new Refusal(`--out: expected a file name that ends in .png, got ${text ?? 'none'}`);
  }
  return text;
}

function readStrength(text: string): number {
  const strength = text.trim() === '' ? Number.NaN : Number(text);
  if (!(strength >= 0 && strength <= 1)) {
    throw new Refusal(`--strength: expected a number from 0 to 1, got '${text}'`);
  }
  return strength;
}

function readSpace(text: string): Space {
  if (text !== 'rgb' && text !== 'oklab') {
    throw new Refusal(`--space: expected rgb or oklab, got '${text}'`);
  }
  return text;
}
