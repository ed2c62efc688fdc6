import type { Image } from '../../src/index.ts';

/** What test/fixtures/make_skimage_lab.py wrote; pictures are RGB bytes in base64. */
export interface SkimageLab {
  readonly width: number;
  readonly height: number;
  readonly content: string;
  readonly style: string;
  readonly restyled: string;
  /** A byte for each pixel of the content. */
  readonly tissue: string;
  readonly contentMoments: { readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly styleMoments: { readonly mean: readonly number[]; readonly std: readonly number[] };
}

/** Makes an opaque picture of one of the fixture's. */
export function pictureOf(fixture: SkimageLab, name: 'content' | 'style' | 'restyled'): Image {
  const { width, height } = fixture;
  const rgb = bytesOfText(fixture[name]);
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < rgb.length; i++) data[4 * Math.floor(i / 3) + (i % 3)] = rgb[i] as number;
  return { data, width, height };
}

/** Decodes base64. */
export function bytesOfText(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
