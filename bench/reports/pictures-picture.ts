import { readFileSync, writeFileSync } from 'node:fs';
import { isOurs, LIMIT, OURS } from '../contestants/names.ts';
import type { Results } from './results.ts';
import { COLORS, picture, text } from './svg.ts';

/** The times of one run, as bench/pictures.json holds them. */
export interface PictureResults extends Pick<Results, 'date' | 'machine' | 'node' | 'commit'> {
  readonly timings: readonly {
    readonly operation: string;
    readonly megapixels: number;
    /** Seconds a call by contestant. */
    readonly seconds: Readonly<Record<string, number>>;
  }[];
}

const FILE = new URL('../pictures.json', import.meta.url);

/** Reads bench/pictures.json. */
export function readPictureResults(): PictureResults {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

/** Writes bench/pictures.json. */
export function writePictureResults(results: PictureResults): void {
  writeFileSync(FILE, `${JSON.stringify(results, null, 2)}\n`);
}

// What is drawn, of the largest picture.
const SHOWN = [
  'imageToTensor',
  'imageMoments, RGB',
  'restyle, RGB, moments known',
  'restyle, Oklab, moments known',
  'imageMoments, CIELAB',
  'tissueMask',
];
const LEFT_AWAY: readonly string[] = [LIMIT, 'earlier'];

const WIDTH = 920;
const MARGIN = 28;
const HEADER = 80;
const COLUMNS = 2;
const PANEL_WIDTH = (WIDTH - (COLUMNS + 1) * MARGIN) / COLUMNS;
const PANEL_HEAD = 30;
const BAR_PITCH = 21;
const BAR = 14;
const LABELS = 130;
const NUMBER = 60;
const TRACK = PANEL_WIDTH - LABELS - NUMBER;

/** Draws bars of milliseconds; those of plain JavaScript, often far longer, are cut. */
export function picturesPicture({ timings }: PictureResults): string {
  const largest = Math.max(...timings.map(({ megapixels }) => megapixels));
  const shown = SHOWN.flatMap((name) =>
    timings.filter(({ operation, megapixels }) => operation === name && megapixels === largest),
  );
  const panels: string[] = [];
  let height = HEADER;
  for (let i = 0; i < shown.length; i += COLUMNS) {
    const row = shown.slice(i, i + COLUMNS).map(({ operation, seconds }) => ({
      operation,
      limit: seconds[LIMIT] ?? 0,
      bars: Object.entries(seconds).filter(([name]) => !LEFT_AWAY.includes(name)),
    }));
    row.forEach((panelOf, column) => {
      const x = MARGIN + column * (PANEL_WIDTH + MARGIN);
      panels.push(`<g transform="translate(${x} ${height})">\n${panel(panelOf)}</g>\n`);
    });
    height += PANEL_HEAD + Math.max(...row.map(({ bars }) => bars.length)) * BAR_PITCH + MARGIN;
  }
  return picture({
    width: WIDTH,
    height,
    margin: MARGIN,
    description: `Milliseconds of operations on a picture of ${largest} megapixels`,
    title: `A picture of ${largest} megapixels, on one thread`,
    subtitle: 'Milliseconds, shorter is faster. Bars of more than the track are cut.',
    body: panels.join(''),
  });
}

interface Panel {
  readonly operation: string;
  readonly limit: number;
  readonly bars: readonly (readonly [name: string, seconds: number])[];
}

function panel({ operation, limit, bars }: Panel): string {
  const ours = Math.max(...bars.filter(([name]) => isOurs(name)).map(([, seconds]) => seconds));
  const others = bars.filter(([name]) => !isOurs(name)).map(([, seconds]) => seconds);
  // The fastest of the others fits, and what is ours takes a tenth of the track at least.
  const full = Math.min(10 * ours, Math.max(ours, 1.3 * Math.min(...others)));
  const lines = [
    text(0, 20, operation, { weight: 600 }),
    text(PANEL_WIDTH, 20, `memory.copy ${spell(limit)}`, {
      fill: COLORS.faint,
      size: 12,
      anchor: 'end',
    }),
    ...bars.map(([name, seconds], i) => bar(name, seconds, full, PANEL_HEAD + i * BAR_PITCH)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function bar(name: string, seconds: number, full: number, y: number): string {
  const width = Math.min(1, seconds / full) * TRACK;
  const fill = name === OURS.arena ? COLORS.arena : isOurs(name) ? COLORS.arrays : COLORS.peer;
  const weight = isOurs(name) ? 600 : 400;
  const label = name.replace('ours', 'wasm-norm');
  return [
    text(LABELS - 10, y + BAR - 3, label, { anchor: 'end', size: 12, weight }),
    `<rect x="${LABELS}" y="${y}" width="${TRACK}" height="${BAR}" rx="3" fill="${COLORS.track}"/>`,
    `<rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="3" fill="${fill}"/>`,
    text(LABELS + TRACK + NUMBER, y + BAR - 3, spell(seconds), {
      size: 11,
      weight,
      anchor: 'end',
    }),
  ].join('');
}

function spell(seconds: number): string {
  const milliseconds = seconds * 1e3;
  return `${milliseconds.toFixed(milliseconds < 9.95 ? 1 : 0)} ms`;
}
