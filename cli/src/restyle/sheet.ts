import { CREDITS } from '../../paint/network/credits.ts';
import { filesAt } from '../files/files-at.ts';
import { Refusal } from '../files/refusal.ts';
import { chooseStyle } from '../painting/choose-style.ts';
import { type PaintPictureOptions, paintPicture } from '../painting/paint-picture.ts';
import { findPictures } from '../pictures/find-pictures.ts';
import { encode, formatOf, WRITTEN_NAMES } from '../pictures/formats.ts';
import { asBytes, readOnlyPicture } from '../pictures/read-picture.ts';
import { loadCodecs } from '../pictures/sharp.ts';

const TILE = 168;
const GAP = 6;
const HEADING = 22;

/**
 * Paints photographs in all styles and lays them out: a row a photograph, a column a style, each
 * with its name. Photographs are cut to squares and painted at twice the size at which they
 * are shown.
 *
 * @throws Refusal where there are none, one can't be read, or the sheet can't be written
 */
export async function writeSheet(
  contents: readonly string[],
  out: string,
  options: Omit<PaintPictureOptions, 'style'>,
  quality: number | null,
): Promise<void> {
  const format = formatOf(out);
  if (format === null) {
    throw new Refusal(`--sheet: expected a file name that ends in ${WRITTEN_NAMES}, got '${out}'`);
  }
  const files = await filesAt(out);
  await files.checkWritable(out);
  const { pictures } = await findPictures(contents);
  if (pictures.length === 0)
    throw new Refusal(`${contents.join(' ')}: expected pictures, got none`);
  const codecs = await loadCodecs();
  const names = Object.keys(CREDITS);
  const width = (names.length + 1) * (TILE + GAP) + GAP;
  const height = HEADING + pictures.length * (TILE + GAP) + GAP;
  const leftOf = (column: number) => GAP + column * (TILE + GAP);

  const layers: { input: Buffer; left: number; top: number }[] = [
    { input: Buffer.from(headings(names, width, leftOf)), left: 0, top: 0 },
  ];
  for (const [row, { path }] of pictures.entries()) {
    const { image } = await readOnlyPicture(path);
    const { data, width: w, height: h } = asBytes(image);
    const square = await codecs(data, { raw: { width: w, height: h, channels: 4 } })
      // Faces are at the top.
      .resize(2 * TILE, 2 * TILE, { fit: 'cover', position: 'top' })
      .raw()
      .toBuffer();
    const photograph = { data: new Uint8ClampedArray(square), width: 2 * TILE, height: 2 * TILE };
    const top = HEADING + row * (TILE + GAP);
    for (const [column, name] of [null, ...names].entries()) {
      const shown =
        name === null
          ? photograph
          : await paintPicture(photograph, {
              ...options,
              style: Array.from(await chooseStyle(name)),
            });
      const raw = { width: 2 * TILE, height: 2 * TILE, channels: 4 } as const;
      const input = await codecs(shown.data, { raw }).resize(TILE, TILE).png().toBuffer();
      layers.push({ input, left: leftOf(column), top });
    }
  }
  const background = 'white';
  const sheet = await codecs({ create: { width, height, channels: 4, background } })
    .composite(layers)
    .raw()
    .toBuffer();
  const image = { data: new Uint8ClampedArray(sheet), width, height };
  const file = await encode(image, format, { quality: quality ?? undefined, hasAlpha: false });
  await files.write(out, file);
  console.log(`${out}: ${pictures.length} x ${names.length} paintings, ${width} x ${height}`);
}

/** Draws the names of the styles above their columns. */
function headings(
  names: readonly string[],
  width: number,
  leftOf: (column: number) => number,
): string {
  const texts = ['photograph', ...names].map((name, column) => {
    const x = leftOf(column) + TILE / 2;
    return `<text x="${x}" y="16" text-anchor="middle">${name}</text>`;
  });
  const style = 'font-family="sans-serif" font-size="14" fill="#222"';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEADING}" ${style}>${texts.join('')}</svg>`;
}
