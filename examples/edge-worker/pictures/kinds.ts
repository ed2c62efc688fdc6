// Names for files that are no picture of a format that the service reads.

/** What a file is. */
export interface Kind {
  readonly name: string;
  /** Whether the platform's image service reads such files. */
  readonly isServed: boolean;
}

const KINDS: readonly (readonly [name: string, beginning: RegExp])[] = [
  ['an empty file', /^$/],
  ['a Git LFS pointer', /^version https:\/\/git-lfs/],
  ['an HTML page', /^\s*<(?:!doctype html|html|head|body)/i],
  ['an SVG', /^\s*<(?:\?xml|svg)/i],
  ['a GIF', /^GIF8[79]a/],
  ['a HEIC', /^.{4}ftyp(?:hei|hev|mif1|msf1)/s],
  ['an AVIF', /^.{4}ftypavi[fs]/s],
  ['a TIFF', /^(?:II\*\0|MM\0\*)/],
  ['a BMP', /^BM/],
  ['a PDF', /^%PDF/],
];

const SERVED = ['a GIF', 'a HEIC', 'an AVIF'];

/** Tells a file by its first bytes. */
export function kindOf(bytes: Uint8Array): Kind {
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  const name = KINDS.find(([, beginning]) => beginning.test(start))?.[0] ?? 'something else';
  return { name, isServed: SERVED.includes(name) };
}
