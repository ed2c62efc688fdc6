import { ImageMoments, type ImageMomentsJSON, restyle, tissueMask } from 'wasm-norm';
import { Refusal } from '../files/refusal.ts';
import { writeWhole } from '../files/write-whole.ts';
import { encode, type Format } from '../pictures/formats.ts';
import { asBytes, readPicture } from '../pictures/read-picture.ts';
import type { ShardWork } from './shard-work.ts';

/** A picture to restyle, and where the result goes. */
export interface Restyling {
  readonly content: string;
  readonly out: string;
  readonly format: Format;
}

/** How all are restyled. */
export interface RestyleOptions {
  readonly style: ImageMomentsJSON;
  readonly strength: number;
  /** Whether only tissue takes part. */
  readonly tissueOnly: boolean;
  readonly quality: number | null;
}

/** What was written, or why nothing was. */
export type RestyleOutcome =
  | { readonly isWritten: false; readonly content: string; readonly reason: string }
  | {
      readonly isWritten: true;
      readonly out: string;
      readonly width: number;
      readonly height: number;
      /** The size of the file in bytes. */
      readonly size: number;
      /** What the result leaves out of the content. */
      readonly notes: readonly string[];
    };

/** Restyles and writes each picture of a shard. One that can't be read is named. */
export function restyleShard({
  style,
  strength,
  tissueOnly,
  quality,
}: RestyleOptions): ShardWork<Restyling, readonly RestyleOutcome[]> {
  const moments = ImageMoments.fromJSON(style);
  const outcomes: RestyleOutcome[] = [];

  async function restyleOne({ content, out, format }: Restyling): Promise<RestyleOutcome> {
    const { image, hasAlpha, pages } = await readPicture(content);
    const picture = asBytes(image);
    const contentMask = tissueOnly ? tissueMask(picture) : null;
    restyle(picture, moments, { strength, contentMask, out: picture });
    const file = await encode(picture, format, { quality: quality ?? undefined, hasAlpha });
    await writeWhole(out, file);
    const notes: string[] = [];
    if (pages > 1) notes.push(`the first of ${pages} pictures`);
    if (hasAlpha && format === 'jpeg') notes.push('what was transparent is white');
    const { width, height } = picture;
    return { isWritten: true, out, width, height, size: file.length, notes };
  }

  return {
    async take(restyling) {
      const { content } = restyling;
      outcomes.push(
        await restyleOne(restyling).catch((error) => {
          // What can't be written or decoded at all concerns all pictures.
          if (error instanceof Refusal) throw error;
          return { isWritten: false as const, content, reason: error.message };
        }),
      );
    },
    result: () => outcomes,
  };
}
