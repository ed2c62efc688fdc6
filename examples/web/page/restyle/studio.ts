// What a worker does: it holds a content and a style, and restyles the one by the other.
//
// The browser decodes and encodes: it knows every format that people have, turns
// pictures as EXIF says and brings their colours to sRGB. The price: a canvas multiplies
// colours by alpha, so that those of half-transparent pixels are rounded, and those of
// transparent ones lost. Opaque pixels pass unchanged, to the byte.

import { transfer } from 'comlink';
import {
  type ImageLike,
  ImageMoments,
  type ImageMomentsJSON,
  imageMoments,
  restyle,
} from 'wasm-norm';
import { type HeldPicture, inPlaceOfResult, PictureMemory } from './picture-memory.ts';
import { type ChannelStatistics, channelStatistics } from './statistics.ts';

export type Role = 'content' | 'style';

/** What to restyle by; as the library's options. */
export interface Settings {
  readonly strength: number;
  readonly space: (typeof SPACES)[number];
}

const SPACES = ['rgb', 'oklab'] as const;

/** A restyled picture to look at, and what was done for it. */
export interface View {
  readonly bitmap: ImageBitmap;
  /** The size that the library worked on. */
  readonly width: number;
  readonly height: number;
  /** The time that it took. */
  readonly milliseconds: number;
  /** How many threads did it. */
  readonly threads: number;
}

/** A picture to look at, its own size, and what its bytes are like. */
export interface Opened {
  readonly bitmap: ImageBitmap;
  readonly width: number;
  readonly height: number;
  readonly statistics: readonly ChannelStatistics[];
  /** Its moments in every space, by which a reduced copy is restyled as it is itself. */
  readonly moments: readonly ImageMomentsJSON[];
}

/** What was done for the result that is held. */
interface Result {
  readonly settings: Settings;
  readonly milliseconds: number;
  readonly threads: number;
}

/** Holds pictures at one size; the page has one for previews and one for full pictures. */
export class Studio {
  readonly #memory = new PictureMemory();
  #content: HeldPicture | null = null;
  /** The moments of the pictures in every space. */
  readonly #moments: Partial<Record<Role, readonly ImageMoments[]>> = {};
  readonly #opening = { content: 0, style: 0 };
  #result: Result | null = null;

  /**
   * Decodes a picture, and holds a content at its full size.
   *
   * @param pixels the most that the bitmap in return may have
   * @returns null where another was opened in its place meanwhile
   * @throws DOMException where the browser can't decode it
   */
  async open(role: Role, file: Blob, pixels: number): Promise<Opened | null> {
    const turn = ++this.#opening[role];
    const bitmap = await createImageBitmap(file);
    if (turn !== this.#opening[role]) return null;
    if (role === 'content') {
      await this.#memory.prepare(bitmap.width * bitmap.height);
      if (turn !== this.#opening[role]) return null;
    }
    // Drawn, it is upright as EXIF says; the bitmap itself is not where it is transferred to a canvas.
    const drawn = draw(bitmap);
    const { width, height } = drawn;
    const picture = this.#hold(role, drawn);
    const statistics = channelStatistics(picture);
    const found = SPACES.map((space) => imageMoments(picture, { space }));
    this.#moments[role] = found;
    const moments = found.map((one) => one.toJSON());
    const reduced = await createImageBitmap(drawn, reduce(width, height, pixels));
    if (turn !== this.#opening[role]) return null;
    return transfer({ bitmap: reduced, width, height, statistics, moments }, [reduced]);
  }

  /** Holds a reduced picture, and the moments of the whole. */
  place(role: Role, bitmap: ImageBitmap, moments: readonly ImageMomentsJSON[]): void {
    this.#hold(role, draw(bitmap));
    this.#moments[role] = moments.map((json) => ImageMoments.fromJSON(json));
  }

  /**
   * Restyles the content.
   *
   * @param pixels the most that the bitmap in return may have
   */
  async restyle(settings: Settings, pixels: number): Promise<View> {
    const { milliseconds, threads } = this.#restyle(settings);
    const data = this.#show();
    const { width, height } = data;
    const bitmap = await createImageBitmap(data, reduce(width, height, pixels));
    return transfer({ bitmap, width, height, milliseconds, threads }, [bitmap]);
  }

  /** Restyles the content, and encodes it as PNG at the size that is held. */
  async png(settings: Settings): Promise<Blob> {
    this.#restyle(settings);
    const data = this.#show();
    const context = makeContext(data.width, data.height);
    context.putImageData(data, 0, 0);
    return context.canvas.convertToBlob({ type: 'image/png' });
  }

  /** Returns what the bytes of the result are like. */
  statistics(settings: Settings): ChannelStatistics[] {
    this.#restyle(settings);
    return channelStatistics(this.#held.out);
  }

  get #held(): HeldPicture {
    if (!this.#content) throw new Error('restyle: expected a content');
    return this.#content;
  }

  /** Holds a content in the place of the one before, and returns a picture for reading. */
  #hold(role: Role, drawn: ImageData): ImageLike {
    this.#result = null;
    if (role === 'style') return this.#content ? inPlaceOfResult(drawn, this.#content) : drawn;
    this.#content = this.#memory.hold(drawn);
    return this.#content.picture;
  }

  /** Restyles the content into the memory for results, unless that holds the result already. */
  #restyle(settings: Settings): Result {
    const { strength, space } = settings;
    const last = this.#result?.settings;
    if (this.#result && last?.strength === strength && last.space === space) return this.#result;
    const { picture, out, arena } = this.#held;
    this.#result = null;
    const start = performance.now();
    const style = this.#momentsOf('style', space);
    const contentMoments = this.#momentsOf('content', space);
    restyle(picture, style, { strength, contentMoments, out });
    const milliseconds = performance.now() - start;
    this.#result = { settings, milliseconds, threads: arena?.threads ?? 1 };
    return this.#result;
  }

  /** Returns the result that is held, for the browser. */
  #show(): ImageData {
    const { out, shown } = this.#held;
    if (out !== shown) shown.data.set(out.data);
    return shown;
  }

  #momentsOf(role: Role, space: Settings['space']): ImageMoments {
    const moments = this.#moments[role]?.find((one) => one.space === space);
    if (!moments) throw new Error(`restyle: expected a ${role}`);
    return moments;
  }
}

/** Returns the pixels of a bitmap, which is gone then. */
function draw(bitmap: ImageBitmap): ImageData {
  const { width, height } = bitmap;
  const context = makeContext(width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}

function makeContext(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const canvas = new OffscreenCanvas(width, height);
  // Kept in the processor's memory, where the pixels are wanted.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(`expected a canvas of ${width} x ${height} pixels, got none`);
  return context;
}

/** Sizes a bitmap so that it has no more than so many pixels. */
function reduce(width: number, height: number, pixels: number): ImageBitmapOptions {
  const scale = Math.sqrt(pixels / (width * height));
  if (scale >= 1) return {};
  return {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
    resizeQuality: 'high',
  };
}
