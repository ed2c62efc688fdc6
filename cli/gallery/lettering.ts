// Letters as strokes, since a machine may have no fonts.

/** The height of capitals and digits, in the units of the strokes. */
const HEIGHT = 10;
const STROKE = 1.35;
const SPACE = 2.5;
const BETWEEN = 2.3;

/** The width of each letter and its strokes: SVG paths, 0 is the top of capitals and 10 the line. */
const LETTERS: Readonly<Record<string, readonly [width: number, path: string]>> = {
  a: [5.5, 'M5.5 3V10M5.5 6.5A2.6 3.5 0 1 1 .3 6.5A2.6 3.5 0 1 1 5.5 6.5'],
  b: [5.5, 'M.3 0V10M.3 6.5A2.6 3.5 0 1 1 5.5 6.5A2.6 3.5 0 1 1 .3 6.5'],
  c: [5, 'M5 4.3A2.7 3.5 0 1 0 5 8.7'],
  d: [5.5, 'M5.5 0V10M5.5 6.5A2.6 3.5 0 1 1 .3 6.5A2.6 3.5 0 1 1 5.5 6.5'],
  e: [5.4, 'M.3 6.4H5.4A2.6 3.5 0 1 0 5 8.7'],
  i: [0.6, 'M.3 3.2V10M.3 .3V.4'],
  k: [5, 'M.3 0V10M4.6 3.2L.3 7.2M1.9 5.8L5 10'],
  l: [0.6, 'M.3 0V10'],
  n: [5.2, 'M.3 3.2V10M.3 6.2A2.4 3 0 0 1 5.1 6.2V10'],
  o: [5.6, 'M5.5 6.5A2.6 3.5 0 1 1 .3 6.5A2.6 3.5 0 1 1 5.5 6.5'],
  p: [5.5, 'M.3 3V13M.3 6.5A2.6 3.5 0 1 1 5.5 6.5A2.6 3.5 0 1 1 .3 6.5'],
  t: [3.6, 'M1.5 .9V8.2A1.7 1.8 0 0 0 3.6 9.9M0 3.2H3.4'],
  y: [5.2, 'M.2 3.2L2.8 10M5.2 3.2L2.8 10C2.2 12 1.4 13 .2 12.9'],
  B: [6, 'M.3 0V10H3.2A2.7 2.6 0 0 0 3.2 4.8H.3M3 4.8A2.4 2.4 0 0 0 3 0H.3'],
  C: [7, 'M7 1.9A4 5 0 1 0 7 8.1'],
  G: [7.6, 'M7 1.9A4 5 0 1 0 7.4 6.6V5.4H4.6'],
  O: [8, 'M7.7 5A3.7 5 0 1 1 .3 5A3.7 5 0 1 1 7.7 5'],
  R: [6, 'M.3 10V0H3.1A2.7 2.7 0 0 1 3.1 5.4H.3M3.2 5.4L6 10'],
  S: [5.8, 'M5.4 1.9A2.6 2.4 0 1 0 3 4.9A2.7 2.6 0 1 1 .2 8'],
  0: [5.8, 'M5.5 5A2.6 5 0 1 1 .3 5A2.6 5 0 1 1 5.5 5'],
  1: [3, 'M.2 2L2.8 .1V10'],
  2: [5.6, 'M.4 2.7A2.5 2.7 0 0 1 5.3 2.7C5.3 5 1.4 7.4 .3 10H5.6'],
  3: [5.6, 'M.6 1.7A2.4 2.4 0 1 1 2.6 4.8A2.6 2.6 0 1 1 .3 8.2'],
  4: [6, 'M4.4 10V0L.3 7.1H6'],
  5: [5.6, 'M5.1 0H1.2L.8 4.6A2.7 2.9 0 1 1 .3 8.4'],
  6: [5.6, 'M4.9 1.3A2.9 3.8 0 0 0 .3 5V6.8A2.6 3.2 0 1 0 5.5 6.8A2.6 3.2 0 1 0 .3 6.8'],
  7: [5.6, 'M.2 0H5.6L2 10'],
  8: [
    5.6,
    'M5.1 2.4A2.3 2.4 0 1 1 .5 2.4A2.3 2.4 0 1 1 5.1 2.4M5.5 7.3A2.7 2.6 0 1 1 .1 7.3A2.7 2.6 0 1 1 5.5 7.3',
  ],
  9: [5.6, 'M.9 8.7A2.9 3.8 0 0 0 5.5 5V3.2A2.6 3.2 0 1 0 .3 3.2A2.6 3.2 0 1 0 5.5 3.2'],
  '.': [0.6, 'M.3 9.8V9.9'],
  '%': [
    9,
    'M7.4 0L1.6 10M3.8 2.2A1.7 2.2 0 1 1 .4 2.2A1.7 2.2 0 1 1 3.8 2.2M8.6 7.8A1.7 2.2 0 1 1 5.2 7.8A1.7 2.2 0 1 1 8.6 7.8',
  ],
};

/** Where a text stands and how it looks. */
export interface TextStyle {
  readonly left: number;
  /** Where the letters stand. */
  readonly line: number;
  /** The height of capitals in pixels. */
  readonly height: number;
  readonly color: string;
}

/** Returns the width of a text whose capitals have this height. */
export function widthOfText(text: string, height: number): number {
  return ((advance(text) - BETWEEN) * height) / HEIGHT;
}

/** Draws a text as an element of SVG. */
export function drawText(text: string, { left, line, height, color }: TextStyle): string {
  const paths = [...text].map((letter, i) => {
    const path = letter === ' ' ? '' : strokesOf(letter)[1];
    return `<path transform="translate(${advance(text.slice(0, i))} 0)" d="${path}"/>`;
  });
  return (
    `<g transform="translate(${left} ${line - height}) scale(${height / HEIGHT})" fill="none" ` +
    `stroke="${color}" stroke-width="${STROKE}" stroke-linecap="round" stroke-linejoin="round">` +
    `${paths.join('')}</g>`
  );
}

/** Returns where the letter behind a text begins. */
function advance(text: string): number {
  const widths = [...text].map((letter) => (letter === ' ' ? SPACE : strokesOf(letter)[0]));
  return widths.reduce((sum, width) => sum + width + BETWEEN, 0);
}

function strokesOf(letter: string): readonly [width: number, path: string] {
  const strokes = LETTERS[letter];
  if (strokes === undefined) throw new RangeError(`expected a letter that is drawn, got ${letter}`);
  return strokes;
}
