import {
  type ImageLike,
  ImageMoments,
  type ImageMomentsJSON,
  restyle,
  tissueMask,
} from 'wasm-norm';
import { writeFileAt } from '../files/files-at.ts';
import { Refusal } from '../files/refusal.ts';
import type { PaintPictureOptions } from '../painting/paint-picture.ts';
import { encode, type Format } from '../pictures/formats.ts';
import { asBytes, readPicture } from '../pictures/read-picture.ts';
import type { ShardWork } from './shard-work.ts';

/** A picture to restyle, and where the result goes. */
export interface Restyling {
  readonly content: string;
  readonly out: string;
  readonly format: Format;
}

/** How all are restyled: by colours, or by painting. */
export type RestyleOptions = (ColourOptions | { readonly painting: PaintPictureOptions }) & {
  readonly quality: number | null;
};

/** How colours are matched. */
interface ColourOptions {
  readonly style: ImageMomentsJSON;
  readonly strength: number;
  /** Whether only tissue takes part. */
  readonly tissueOnly: boolean;
}

/** A result that was written. */
export interface Restyled {
  readonly out: string;
  readonly width: number;
  readonly height: number;
  /** The size of the file in bytes. */
  readonly size: number;
  /** What the result leaves out of the content. */
  readonly notes: readonly string[];
}

/** What came of some pictures. Its size depends on those that failed alone. */
export interface RestyleTally {
  /** How many results were written. */
  readonly written: number;
  /** Bytes of them all. */
  readonly size: number;
  /** Of the results the last. */
  readonly last: Restyled | null;
  readonly failed: readonly { readonly content: string; readonly reason: string }[];
}

export const NOTHING_RESTYLED: RestyleTally = { written: 0, size: 0, last: null, failed: [] };

/** Returns the tally of the pictures of two. */
export function addTallies(before: RestyleTally, after: RestyleTally): RestyleTally {
  return {
    written: before.written + after.written,
    size: before.size + after.size,
    last: after.last ?? before.last,
    failed: after.failed.length === 0 ? before.failed : before.failed.concat(after.failed),
  };
}

/** Restyles and writes each picture of a shard. One that can't be read is named. */
export function restyleShard(options: RestyleOptions): ShardWork<Restyling, RestyleTally> {
  const { quality } = options;
  const change = 'painting' in options ? painterOf(options.painting) : colouristOf(options);
  let tally: RestyleTally = NOTHING_RESTYLED;

  async function restyleOne({ content, out, format }: Restyling): Promise<Restyled> {
    const { image, hasAlpha, pages } = await readPicture(content);
    const picture = await change(asBytes(image));
    const file = await encode(picture, format, { quality: quality ?? undefined, hasAlpha });
    await writeFileAt(out, file);
    const notes: string[] = [];
    if (pages > 1) notes.push(`the first of ${pages} pictures`);
    if (hasAlpha && format === 'jpeg') notes.push('what was transparent is white');
    const { width, height } = picture;
    return { out, width, height, size: file.length, notes };
  }

  const giveUp = ({ content }: Restyling, reason: string) => {
    tally = { ...tally, failed: [...tally.failed, { content, reason }] };
  };
  return {
    async take(restyling) {
      try {
        const last = await restyleOne(restyling);
        tally = addTallies(tally, { written: 1, size: last.size, last, failed: [] });
      } catch (error) {
        // What can't be written or decoded at all concerns all pictures.
        if (error instanceof Refusal) throw error;
        giveUp(restyling, (error as Error).message);
      }
    },
    giveUp,
    result: () => tally,
  };
}

type Change = (picture: ImageLike) => Promise<ImageLike>;

/** What matches the colours of pictures, in their place. */
function colouristOf({ style, strength, tissueOnly }: ColourOptions): Change {
  const moments = ImageMoments.fromJSON(style);
  return async (picture) => {
    const contentMask = tissueOnly ? tissueMask(picture) : null;
    return restyle(picture, moments, { strength, contentMask, out: picture });
  };
}

/** What paints pictures; only who paints loads it. */
function painterOf(options: PaintPictureOptions): Change {
  return async (picture) => {
    const { paintPicture } = await import('../painting/paint-picture.ts');
    return paintPicture(picture, options);
  };
}
