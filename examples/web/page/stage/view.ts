// Which part of a picture a stage shows, and where. Pixels of the screen are CSS's.

/** A size in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A part of a picture, in shares of its sides. */
export interface Region extends Point, Size {}

/** How a picture lies on a stage. */
export interface View {
  /** Pixels of the screen for one of the picture. */
  readonly scale: number;
  /** What lies at the middle of the stage, in pixels of the picture. */
  readonly centre: Point;
}

export const WHOLE: Region = { x: 0, y: 0, width: 1, height: 1 };

/** The largest scale beyond 100 %: single pixels can be told apart. */
const LARGEST = 8;

/** Shows the whole picture, as large as the stage allows. */
export function fit(picture: Size, stage: Size): View {
  const scale = Math.min(stage.width / picture.width, stage.height / picture.height);
  return { scale, centre: { x: picture.width / 2, y: picture.height / 2 } };
}

/**
 * Zooms so that what lies at a point of the stage stays there.
 *
 * @param smallest the scale of 100 %, where that is smaller than the fitting one
 */
export function zoom(
  view: View,
  scale: number,
  at: Point,
  picture: Size,
  stage: Size,
  smallest: number,
): View {
  const fitting = fit(picture, stage).scale;
  const least = Math.min(fitting, smallest);
  const most = Math.max(fitting, LARGEST * smallest);
  const next = Math.min(most, Math.max(least, scale));
  const toMiddle = { x: at.x - stage.width / 2, y: at.y - stage.height / 2 };
  const centre = {
    x: view.centre.x + toMiddle.x / view.scale - toMiddle.x / next,
    y: view.centre.y + toMiddle.y / view.scale - toMiddle.y / next,
  };
  return keepInside({ scale: next, centre }, picture, stage);
}

/** Moves the picture by pixels of the screen. */
export function pan(view: View, by: Point, picture: Size, stage: Size): View {
  const { scale, centre } = view;
  const moved = { x: centre.x - by.x / scale, y: centre.y - by.y / scale };
  return keepInside({ scale, centre: moved }, picture, stage);
}

/** Returns what the stage shows of a picture, in whole pixels, and a margin of so many stages round it. */
export function visibleRegion(view: View, picture: Size, stage: Size, margin: number): Region {
  const across = span(view.centre.x, view.scale, picture.width, stage.width, margin);
  const down = span(view.centre.y, view.scale, picture.height, stage.height, margin);
  return { x: across.start, width: across.length, y: down.start, height: down.length };
}

/** Returns where a region lies on the stage. */
export function placeRegion(region: Region, view: View, picture: Size, stage: Size): Region {
  const { scale, centre } = view;
  return {
    x: stage.width / 2 + (region.x * picture.width - centre.x) * scale,
    y: stage.height / 2 + (region.y * picture.height - centre.y) * scale,
    width: region.width * picture.width * scale,
    height: region.height * picture.height * scale,
  };
}

/** Keeps the stage full, or the picture in its middle where that is smaller. */
function keepInside({ scale, centre }: View, picture: Size, stage: Size): View {
  const clamp = (at: number, length: number, room: number) => {
    const half = room / scale / 2;
    return 2 * half >= length ? length / 2 : Math.min(length - half, Math.max(half, at));
  };
  return {
    scale,
    centre: {
      x: clamp(centre.x, picture.width, stage.width),
      y: clamp(centre.y, picture.height, stage.height),
    },
  };
}

function span(
  centre: number,
  scale: number,
  length: number,
  room: number,
  margin: number,
): { start: number; length: number } {
  const half = (room / scale) * (0.5 + margin);
  const start = Math.floor(Math.max(0, centre - half));
  const end = Math.ceil(Math.min(length, centre + half));
  return { start: start / length, length: (end - start) / length };
}
