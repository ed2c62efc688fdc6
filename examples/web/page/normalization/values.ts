// The values of the batch: three small pictures as a network takes them.

import { EXTENTS, type Place } from './batch.ts';

/** The mean and deviation of photographs' bytes / 255 that most networks expect (ImageNet's). */
const MEAN = [0.485, 0.456, 0.406] as const;
const STD = [0.229, 0.224, 0.225] as const;

/** Differences between neighbours are small; a first layer's weights make more of them. */
const EDGES = 4;

/** Values have so many decimals, so that the code on the page holds them exactly as shown. */
const DECIMALS = 3;

/** What a cell has of each channel, in the order of the channels. */
type Cell = readonly number[];

/** Makes the batch of pictures: a value for each place. */
export function batchOf(pictures: readonly ImageData[]): (place: Place) => number {
  const cells = pictures.map(cellsOf);
  return ({ n, c, h, w }) => cells[n]?.[h * EXTENTS.w + w]?.[c] ?? 0;
}

/** Divides a picture into cells, and each into quarters, whose differences are its edges. */
function cellsOf(picture: ImageData): Cell[] {
  return Array.from({ length: EXTENTS.h * EXTENTS.w }, (_, at) => {
    const down = 2 * Math.floor(at / EXTENTS.w);
    const across = 2 * (at % EXTENTS.w);
    const quarters = [0, 1, 2, 3].map((quarter) => {
      return colourOf(picture, down + (quarter >> 1), across + (quarter & 1));
    });
    const colours = [0, 1, 2].map((c) => meanOf(quarters.map((quarter) => quarter[c] as number)));
    const [a, b, c, d] = quarters.map(meanOf) as [number, number, number, number];
    const edges = [b + d - a - c, c + d - a - b, a + d - b - c].map((sum) => (EDGES * sum) / 4);
    return [...colours, ...edges].map((value) => Number(value.toFixed(DECIMALS)));
  });
}

/** Returns the mean red, green and blue of a part of a picture, normalized as networks expect. */
function colourOf(picture: ImageData, down: number, across: number): number[] {
  const { data, width, height } = picture;
  const [top, bottom] = span(down, 2 * EXTENTS.h, height);
  const [left, right] = span(across, 2 * EXTENTS.w, width);
  const sums = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      for (let c = 0; c < 3; c++) {
        sums[c] = (sums[c] as number) + (data[4 * (y * width + x) + c] as number);
      }
    }
  }
  const pixels = (bottom - top) * (right - left);
  return sums.map((sum, c) => (sum / pixels / 255 - (MEAN[c] as number)) / (STD[c] as number));
}

function span(part: number, parts: number, length: number): [start: number, end: number] {
  const start = Math.min(length - 1, Math.floor((part / parts) * length));
  return [start, Math.max(start + 1, Math.floor(((part + 1) / parts) * length))];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
