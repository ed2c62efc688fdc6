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
import type { Role } from '../pictures/photos.ts';
import { drawUpright, encode, type Format, resizing } from '../shared/bitmaps.ts';
import { type Region, WHOLE } from '../stage/view.ts';
import { SPACES, type Space } from './channels.ts';
import { type HeldPicture, inPlaceOfResult, PictureMemory } from './picture-memory.ts';
import { countValues, drawSmall, type Histogram } from './sample.ts';

/** What to restyle by; as the library's options. */
export interface Settings {
  readonly strength: number;
  readonly space: Space;
}

/** A restyled picture to look at, and what was done for it. */
export interface Restyled {
  readonly bitmap: ImageBitmap;
  /** The size that the library worked on. */
  readonly width: number;
  readonly height: number;
  /** The time that it took. */
  readonly milliseconds: number;
  /** How many threads did it. */
  readonly threads: number;
}

/** A picture to look at, its own size, and what its values are like. */
export interface Opened {
  readonly bitmap: ImageBitmap;
  readonly width: number;
  readonly height: number;
  readonly small: ImageData;
  readonly histograms: Readonly<Record<Space, Histogram>>;
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
  /** Whether the results that are held lie where browsers take them. */
  #isShown = false;

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
    const drawn = drawUpright(bitmap);
    const { width, height } = drawn;
    const picture = this.#hold(role, drawn);
    const histograms = {
      rgb: countValues(picture, 'rgb'),
      oklab: countValues(picture, 'oklab'),
    };
    const found = SPACES.map((space) => imageMoments(picture, { space }));
    this.#moments[role] = found;
    const moments = found.map((one) => one.toJSON());
    const reduced = await cut(drawn, WHOLE, pixels);
    if (turn !== this.#opening[role]) return null;
    const small = drawSmall(reduced);
    const opened = { bitmap: reduced, width, height, small, histograms, moments };
    return transfer(opened, [reduced]);
  }

  /** Holds a reduced picture, and the moments of the whole. */
  place(role: Role, bitmap: ImageBitmap, moments: readonly ImageMomentsJSON[]): void {
    this.#hold(role, drawUpright(bitmap));
    this.#moments[role] = moments.map((json) => ImageMoments.fromJSON(json));
  }

  /**
   * Cuts a region out of the content.
   *
   * @param pixels the most that the bitmap may have
   */
  async look(region: Region, pixels: number): Promise<ImageBitmap> {
    const { picture, shown } = this.#held;
    const { data, width, height } = picture;
    // Canvases take no shared memory.
    const isPlain = data.buffer instanceof ArrayBuffer;
    const source = isPlain ? new ImageData(data as ImageDataArray, width, height) : shown;
    if (!isPlain) {
      this.#isShown = false;
      shown.data.set(data);
    }
    const bitmap = await cut(source, region, pixels);
    return transfer(bitmap, [bitmap]);
  }

  /**
   * Restyles the content.
   *
   * @param region what is wanted of the result
   * @param pixels the most that the bitmap in return may have
   */
  async restyle(settings: Settings, region: Region, pixels: number): Promise<Restyled> {
    const { milliseconds, threads } = this.#restyle(settings);
    const data = this.#show();
    const { width, height } = data;
    const bitmap = await cut(data, region, pixels);
    return transfer({ bitmap, width, height, milliseconds, threads }, [bitmap]);
  }

  /** Restyles the content, and encodes it at the size that is held. */
  write(settings: Settings, format: Format): Promise<Blob> {
    this.#restyle(settings);
    return encode(this.#show(), format);
  }

  /** Returns the moments of the result in the space of the settings. */
  moments(settings: Settings): ImageMomentsJSON {
    this.#restyle(settings);
    return imageMoments(this.#held.out, { space: settings.space }).toJSON();
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
    this.#isShown = false;
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
    if (out !== shown && !this.#isShown) shown.data.set(out.data);
    this.#isShown = true;
    return shown;
  }

  #momentsOf(role: Role, space: Settings['space']): ImageMoments {
    const moments = this.#moments[role]?.find((one) => one.space === space);
    if (!moments) throw new Error(`restyle: expected a ${role}`);
    return moments;
  }
}

/** Cuts a region out of a picture, with no more than so many pixels. */
function cut(data: ImageData, region: Region, pixels: number): Promise<ImageBitmap> {
  const left = Math.round(region.x * data.width);
  const top = Math.round(region.y * data.height);
  const width = Math.max(1, Math.round(region.width * data.width));
  const height = Math.max(1, Math.round(region.height * data.height));
  return createImageBitmap(data, left, top, width, height, resizing(width, height, pixels));
}
