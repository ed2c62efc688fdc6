import type { Image, ImageLike } from 'wasm-norm';

const TILE_WIDTH = 208;
const TILE_HEIGHT = 156;
const GAP = 8;

/**
 * Lays pictures out in rows of equal tiles on white. Each is cut to the tile's
 * proportions, a wide one at both sides, a tall one at the bottom: faces are at the top.
 */
export function contactSheet(rows: readonly (readonly ImageLike[])[]): Image {
  const columns = Math.max(...rows.map((row) => row.length));
  const width = columns * (TILE_WIDTH + GAP) + GAP;
  const height = rows.length * (TILE_HEIGHT + GAP) + GAP;
  const sheet: Image = { data: new Uint8ClampedArray(4 * width * height).fill(255), width, height };
  rows.forEach((row, down) => {
    row.forEach((picture, across) => {
      const left = GAP + across * (TILE_WIDTH + GAP);
      const top = GAP + down * (TILE_HEIGHT + GAP);
      drawTile(sheet, left, top, picture);
    });
  });
  return sheet;
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
