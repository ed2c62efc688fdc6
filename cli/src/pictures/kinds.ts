// What a file is, told by its first bytes: names lie.

/** The kinds of files that are decoded. */
export type PictureKind = 'PNG' | 'JPEG' | 'WebP' | 'AVIF' | 'TIFF' | 'GIF';

/** What a file is: a picture that can be decoded, or the name of something else. */
export type FileKind =
  | { readonly isPicture: true; readonly kind: PictureKind }
  | { readonly isPicture: false; readonly name: string };

/** Tells by the first bytes, each a letter of Latin-1. */
type Test = (beginning: string) => boolean;

const starts =
  (...texts: readonly string[]): Test =>
  (beginning) =>
    texts.some((text) => beginning.startsWith(text));

const holds =
  (text: string, at: number): Test =>
  (beginning) =>
    beginning.startsWith(text, at);

const matches =
  (pattern: RegExp): Test =>
  (beginning) =>
    pattern.test(beginning);

/** Tells a file of boxes by its brands: the first, or for a general one those that follow. */
const hasBrand =
  (...brands: readonly string[]): Test =>
  (beginning) => {
    if (!beginning.startsWith('ftyp', 4)) return false;
    const end = Math.min(beginning.charCodeAt(3), 64);
    const named = [beginning.slice(8, 12)];
    for (let at = 16; at < end; at += 4) named.push(beginning.slice(at, at + 4));
    return named.some((brand) => brands.includes(brand));
  };

const PICTURES: readonly (readonly [PictureKind, Test])[] = [
  ['PNG', starts('\x89PNG\r\n\x1a\n')],
  ['JPEG', starts('\xff\xd8')],
  ['WebP', (beginning) => starts('RIFF')(beginning) && holds('WEBP', 8)(beginning)],
  ['AVIF', hasBrand('avif', 'avis')],
  ['TIFF', starts('II*\0', 'MM\0*', 'II+\0', 'MM\0+')],
  ['GIF', starts('GIF87a', 'GIF89a')],
];

const CONVERT = 'convert it to PNG or JPEG first';

const OTHERS: readonly (readonly [name: string, Test])[] = [
  [
    'a Git LFS pointer; git lfs pull brings the picture',
    starts('version https://git-lfs.github.com/'),
  ],
  [
    'an SVG drawing, which has no pixels',
    matches(/^\s*(<\?xml[\s\S]*?>|<!--[\s\S]*?-->|\s)*<(!doctype )?svg/i),
  ],
  ['an HTML page', matches(/^\s*(<!--[\s\S]*?-->|\s)*<(!doctype html|html|head|body)/i)],
  ['an XML file', matches(/^\s*<\?xml/i)],
  [`HEIC; ${CONVERT}`, hasBrand('heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1')],
  ['a film', holds('ftyp', 4)],
  [`JPEG XL; ${CONVERT}`, starts('\0\0\0\x0cJXL ', '\xff\x0a')],
  [`JPEG 2000; ${CONVERT}`, starts('\0\0\0\x0cjP  ', '\xff\x4f\xff\x51')],
  [`BMP; ${CONVERT}`, (beginning) => starts('BM')(beginning) && holds('\0\0\0\0', 6)(beginning)],
  [`a Photoshop document; ${CONVERT}`, starts('8BPS')],
  [`an icon; ${CONVERT}`, starts('\0\0\x01\0')],
  [`a Netpbm file; ${CONVERT}`, matches(/^P[1-7]\s/)],
  [`OpenEXR; ${CONVERT}`, starts('\x76\x2f\x31\x01')],
  [`Radiance HDR; ${CONVERT}`, starts('#?RADIANCE')],
  [`DICOM; ${CONVERT}`, holds('DICM', 128)],
  ['an AppleDouble file, which holds no picture', starts('\0\x05\x16\x07')],
  ['a PDF', starts('%PDF')],
  ['a ZIP archive', starts('PK\x03\x04')],
  ['a gzip archive', starts('\x1f\x8b')],
  ['a NumPy array', starts('\x93NUMPY')],
  ['an HDF5 file', starts('\x89HDF')],
  ['a JSON file', matches(/^\s*[{[]/)],
];

const LONGEST = 512;

/** Tells what a file is. */
export function kindOf(bytes: Uint8Array): FileKind {
  if (bytes.length === 0) return { isPicture: false, name: 'an empty file' };
  const beginning = Buffer.from(bytes.subarray(0, LONGEST)).toString('latin1');
  const picture = PICTURES.find(([, test]) => test(beginning));
  if (picture) return { isPicture: true, kind: picture[0] };
  const other = OTHERS.find(([, test]) => test(beginning));
  return { isPicture: false, name: other?.[0] ?? describe(bytes.subarray(0, 16)) };
}

/** Says how a file of no known kind begins. */
function describe(beginning: Uint8Array): string {
  if (beginning.every((byte) => byte === 0)) return 'a file of zeros';
  if (beginning.every((byte) => byte >= 0x20 || [0x09, 0x0a, 0x0d].includes(byte))) {
    return `a text that begins with ${JSON.stringify(Buffer.from(beginning).toString())}`;
  }
  const bytes = [...beginning.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `no picture: it begins with the bytes ${bytes.join(' ')}`;
}
