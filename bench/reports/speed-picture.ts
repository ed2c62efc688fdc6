import { isOurs, LIMIT, OURS } from '../contestants/names.ts';
import type { Results, Timing } from './results.ts';
import { spellNumber } from './spelling.ts';
import { COLORS, picture, text } from './svg.ts';

// One panel for each of these that was compared.
const PANELS: readonly (readonly [problem: string, shape: string])[] = [
  ['instanceNorm', '8x64x56x56'],
  ['batchNorm in training', '8x64x56x56'],
  ['groupNorm', '8x64x56x56'],
  ['batchNorm in eval', '8x64x56x56'],
  ['layerNorm', '256x768'],
  ['rmsNorm', '256x768'],
];

const WIDTH = 920;
const COLUMNS = 2;
const MARGIN = 28;
const HEADER = 80;
const PANEL_WIDTH = (WIDTH - (COLUMNS + 1) * MARGIN) / COLUMNS;
const PANEL_HEAD = 30;
const BAR_PITCH = 21;
const BAR = 14;
const LABELS = 184;
const TRACK = PANEL_WIDTH - LABELS;
const NUMBER = 36;

/** Draws bars of GB/s. The full width of a panel is the speed of memory.copy. */
export function speedPicture(results: Results): string {
  const shown = PANELS.flatMap(([problem, shape]) =>
    results.timings.filter((found) => found.problem === problem && found.shape === shape),
  );
  const panels: string[] = [];
  let height = HEADER;
  for (let i = 0; i < shown.length; i += COLUMNS) {
    const row = shown.slice(i, i + COLUMNS);
    for (const [column, timing] of row.entries()) {
      const x = MARGIN + column * (PANEL_WIDTH + MARGIN);
      panels.push(`<g transform="translate(${x} ${height})">\n${panel(timing)}</g>\n`);
    }
    const bars = Math.max(...row.map((timing) => ranked(timing).length));
    height += PANEL_HEAD + bars * BAR_PITCH + MARGIN;
  }
  return picture({
    width: WIDTH,
    height,
    margin: MARGIN,
    description: 'Throughput of normalization in GB/s, one thread',
    title: 'Normalization in GB/s, on one thread',
    subtitle:
      'Bytes read and written a second. The full width is memory.copy. A call without out has a fresh output.',
    body: panels.join(''),
  });
}

function panel(timing: Timing): string {
  const full = timing.bytes / (timing.seconds[LIMIT] ?? Number.POSITIVE_INFINITY) / 1e9;
  const lines = [
    text(0, 20, `${timing.problem}, ${timing.shape.replaceAll('x', ' × ')}`, { weight: 600 }),
    text(PANEL_WIDTH, 20, `memory.copy ${spellNumber(full)}`, {
      fill: COLORS.faint,
      size: 12,
      anchor: 'end',
    }),
    ...ranked(timing).map((speed, i) => bar(speed, full, PANEL_HEAD + i * BAR_PITCH)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

interface Speed {
  readonly contestant: string;
  readonly gigabytesPerSecond: number;
}

/** Puts the library first, then the others, the fastest first. */
function ranked({ bytes, seconds }: Timing): readonly Speed[] {
  const rank = ({ contestant, gigabytesPerSecond }: Speed) =>
    isOurs(contestant) ? Number.POSITIVE_INFINITY : gigabytesPerSecond;
  return Object.entries(seconds)
    .filter(([contestant]) => contestant !== LIMIT)
    .map(([contestant, took]) => ({ contestant, gigabytesPerSecond: bytes / took / 1e9 }))
    .sort((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
}

function bar({ contestant, gigabytesPerSecond }: Speed, full: number, y: number): string {
  const width = Math.min(1, gigabytesPerSecond / full) * TRACK;
  const ours = isOurs(contestant);
  const fill = ours ? (contestant === OURS.arena ? COLORS.arena : COLORS.arrays) : COLORS.peer;
  const name = contestant.replace('ours', 'wasm-norm');
  const baseline = y + BAR - 3;
  const weight = ours ? 600 : 400;
  // Beside the bar, or at its end in it if it is too long.
  const fits = width < TRACK - NUMBER;
  const side = fits ? 6 : -6;
  return [
    text(LABELS - 10, baseline, name, { anchor: 'end', size: 12, weight }),
    `<rect x="${LABELS}" y="${y}" width="${TRACK}" height="${BAR}" rx="3" fill="${COLORS.track}"/>`,
    `<rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="3" fill="${fill}"/>`,
    text(LABELS + width + side, baseline, spellNumber(gigabytesPerSecond), {
      size: 11,
      weight,
      anchor: fits ? 'start' : 'end',
      fill: !fits && contestant === OURS.arena ? COLORS.background : COLORS.text,
    }),
  ].join('');
}
