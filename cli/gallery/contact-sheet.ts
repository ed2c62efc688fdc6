import type { Image, ImageLike } from 'wasm-norm';
import { loadCodecs } from '../src/pictures/sharp.ts';
import { drawText, widthOfText } from './lettering.ts';

const TILE_WIDTH = 208;
const TILE_HEIGHT = 156;
const GAP = 8;
const HEAD = 44;
const LETTERS = 20;
const NOTE_LETTERS = 15;

/** A picture, and what is written over its lower edge. */
export interface Tile {
  readonly picture: ImageLike;
  readonly note?: string | undefined;
}

/**
 * Lays pictures out in rows of equal tiles on white, below the headings of their columns. Each is
 * cut to the tile's proportions, a wide one at both sides, a tall one at the bottom: faces are at
 * the top.
 */
export async function contactSheet(
  headings: readonly string[],
  rows: readonly (readonly Tile[])[],
): Promise<Image> {
  const width = headings.length * (TILE_WIDTH + GAP) + GAP;
  const height = HEAD + rows.length * (TILE_HEIGHT + GAP);
  const sheet: Image = { data: new Uint8ClampedArray(4 * width * height).fill(255), width, height };
  const texts = headings.map((text, across) => {
    const left = leftOf(across) + (TILE_WIDTH - widthOfText(text, LETTERS)) / 2;
    return drawText(text, { left, line: HEAD - 14, height: LETTERS, color: '#1f2328' });
  });
  rows.forEach((row, down) => {
    row.forEach(({ picture, note }, across) => {
      const top = HEAD + down * (TILE_HEIGHT + GAP);
      drawTile(sheet, leftOf(across), top, picture);
      if (note !== undefined) texts.push(drawNote(note, leftOf(across), top + TILE_HEIGHT));
    });
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${texts.join('')}</svg>`;
  const codecs = await loadCodecs();
  const data = await codecs(sheet.data, { raw: { width, height, channels: 4 } })
    .composite([{ input: Buffer.from(svg) }])
    .raw()
    .toBuffer();
  return { data: new Uint8ClampedArray(data), width, height };
}

function leftOf(column: number): number {
  return GAP + column * (TILE_WIDTH + GAP);
}

/** Writes over the lower left corner of a tile. */
function drawNote(note: string, left: number, bottom: number): string {
  const width = widthOfText(note, NOTE_LETTERS) + 18;
  const box = `<path fill="#000" fill-opacity=".66" d="M${left} ${bottom - 31}h${width}v31h${-width}z"/>`;
  return (
    box + drawText(note, { left: left + 9, line: bottom - 9, height: NOTE_LETTERS, color: '#fff' })
  );
}

/** Draws the picture over one tile of the sheet, each pixel the average of those it covers. */
function drawTile(sheet: Image, left: number, top: number, picture: ImageLike): void {
  const scale = Math.min(picture.width / TILE_WIDTH, picture.height / TILE_HEIGHT);
  const startX = (picture.width - scale * TILE_WIDTH) / 2;
  for (let y = 0; y < TILE_HEIGHT; y++) {
    for (let x = 0; x < TILE_WIDTH; x++) {
      const fromX = Math.floor(startX + scale * x);
      const fromY = Math.floor(scale * y);
      const toX = Math.max(fromX + 1, Math.floor(startX + scale * (x + 1)));
      const toY = Math.max(fromY + 1, Math.floor(scale * (y + 1)));
      const at = 4 * ((top + y) * sheet.width + left + x);
      for (let channel = 0; channel < 3; channel++) {
        sheet.data[at + channel] = average(picture, channel, fromX, fromY, toX, toY);
      }
    }
  }
}

function average(
  { data, width }: ImageLike,
  channel: number,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
): number {
  let sum = 0;
  for (let y = fromY; y < toY; y++) {
    for (let x = fromX; x < toX; x++) sum += data[4 * (y * width + x) + channel] as number;
  }
  return sum / ((toX - fromX) * (toY - fromY));
}
