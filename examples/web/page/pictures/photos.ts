import type { PictureFile } from './picture-file.ts';

/** The pictures that come with the page: file name, and what it shows. */
export const PHOTOS = {
  rocket: 'a rocket at dusk',
  coffee: 'a cup of coffee',
  chelsea: 'a cat',
  astronaut: 'an astronaut',
  ihc: 'stained tissue',
  'ihc-other-lab': 'tissue of another stain',
} as const;

export type Photo = keyof typeof PHOTOS;

/** What a picture is taken for: what is restyled, or where the colours come from. */
export type Role = 'content' | 'style';

/** A photograph and a colour source that go well together. */
export type Pair = Readonly<Record<Role, Photo>>;

/** The first is what a visitor sees first. */
export const PAIRS: readonly [Pair, ...Pair[]] = [
  { content: 'rocket', style: 'coffee' },
  { content: 'ihc-other-lab', style: 'ihc' },
  { content: 'astronaut', style: 'chelsea' },
  { content: 'coffee', style: 'rocket' },
];

export function isPhoto(name: string): name is Photo {
  return Object.hasOwn(PHOTOS, name);
}

export function photoUrl(photo: Photo): string {
  return `photos/${photo}.jpg`;
}

/** Fetches one of the page's own pictures. */
export async function fetchPhoto(photo: Photo): Promise<PictureFile> {
  const response = await fetch(photoUrl(photo));
  return { key: photo, name: `${photo}.jpg`, blob: await response.blob() };
}
