import { OURS } from '../contestants/names.ts';
import type { Errors, MeanFinding } from './accuracy-findings.ts';
import { nameOf } from './accuracy-table.ts';
import { COLORS, picture, text } from './svg.ts';

const WIDTH = 920;
const HEIGHT = 500;
const MARGIN = 28;

// The axes, as powers of ten.
const LEFT = 96;
const RIGHT = WIDTH - 210;
const TOP = 104;
const BOTTOM = HEIGHT - 66;
const RATIOS = [0, 7] as const;
const ERRORS = [-8, 1] as const;

const CONTRACT = 2 ** -22;
const LABEL_PITCH = 17;
const GRID = '#e6e9ed';

interface Style {
  readonly color: string;
  readonly width: number;
  readonly dashes: string;
}

const OWN: Style = { color: COLORS.arena, width: 3, dashes: 'none' };
// One is dashed, so that a curve of the same errors shows beneath it.
const PEERS: readonly Style[] = [
  { color: '#d4a72c', width: 1.8, dashes: 'none' },
  { color: '#cf5b4f', width: 1.8, dashes: 'none' },
  { color: '#2f81b7', width: 1.8, dashes: 'none' },
  { color: '#3c8c5a', width: 1.8, dashes: '7 5' },
  { color: '#8a6d5a', width: 1.8, dashes: 'none' },
  { color: '#8c959f', width: 1.8, dashes: 'none' },
];

/** Draws the worst error by the mean in standard deviations, both logarithmic. */
export function accuracyPicture(means: readonly MeanFinding[]): string {
  const names = [...new Set(means.flatMap(({ finding }) => Object.keys(finding.errors)))];
  const peers = names.filter((name) => name !== OURS.arena);
  const styleOf = (name: string) =>
    name === OURS.arena ? OWN : (PEERS[peers.indexOf(name) % PEERS.length] as Style);
  // The library is drawn last, above the others.
  const drawn = [...peers, ...names.filter((name) => name === OURS.arena)];
  return picture({
    width: WIDTH,
    height: HEIGHT,
    margin: MARGIN,
    description: 'Worst error of instance normalization by the mean of the data',
    title: 'How far instance normalization is off, by the mean of the data',
    subtitle:
      'Worst |y - y*| / max(1, |y*|) against float64, rows of 100 to 40,003 elements, lower is better.',
    body: [
      ...axes(),
      ...drawn.map((name) => curve(name, means, styleOf(name))),
      ...labels(means, names, styleOf),
    ]
      .map((line) => `${line}\n`)
      .join(''),
  });
}

function axes(): string[] {
  const lines: string[] = [];
  const contract = errorAt(CONTRACT);
  lines.push(
    `<rect x="${LEFT}" y="${contract.toFixed(1)}" width="${RIGHT - LEFT}" height="${(BOTTOM - contract).toFixed(1)}" fill="${COLORS.arena}" fill-opacity="0.07"/>`,
    text(LEFT + 8, BOTTOM - 9, 'within 2^-22, the contract of wasm-norm', {
      size: 12,
      fill: COLORS.arena,
    }),
  );
  for (let power = ERRORS[0]; power <= ERRORS[1]; power++) {
    const y = errorAt(10 ** power);
    lines.push(
      `<line x1="${LEFT}" y1="${y}" x2="${RIGHT}" y2="${y}" stroke="${GRID}"/>`,
      text(LEFT - 10, y + 4, spellPower(power), { size: 12, fill: COLORS.faint, anchor: 'end' }),
    );
  }
  for (let power = RATIOS[0]; power <= RATIOS[1]; power++) {
    const x = ratioAt(10 ** power);
    lines.push(
      `<line x1="${x.toFixed(1)}" y1="${TOP}" x2="${x.toFixed(1)}" y2="${BOTTOM}" stroke="${GRID}"/>`,
      text(x, BOTTOM + 20, spellPower(power), { size: 12, fill: COLORS.faint, anchor: 'middle' }),
    );
  }
  lines.push(
    text((LEFT + RIGHT) / 2, BOTTOM + 44, 'mean / standard deviation', {
      fill: COLORS.faint,
      anchor: 'middle',
    }),
  );
  return lines;
}

/** A line through the errors, and a cross at the top wherever there was a NaN. */
function curve(name: string, means: readonly MeanFinding[], style: Style): string {
  const points: string[] = [];
  const crosses: string[] = [];
  for (const { ratio, finding } of means) {
    const found = finding.errors[name];
    if (!found) continue;
    const x = ratioAt(ratio);
    if (found.rowsOfNaN > 0) {
      crosses.push(`M${x - 4},${TOP - 4}l8,8m-8,0l8,-8`);
    } else {
      points.push(`${x.toFixed(1)},${heightOf(found).toFixed(1)}`);
    }
  }
  const { color, width, dashes } = style;
  const line = `<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="${width}" stroke-dasharray="${dashes}" stroke-linejoin="round"/>`;
  if (crosses.length === 0) return line;
  return `${line}<path d="${crosses.join('')}" stroke="${color}" stroke-width="2" fill="none"/>`;
}

/** The names at the ends of the curves, moved apart where they meet. */
function labels(
  means: readonly MeanFinding[],
  names: readonly string[],
  styleOf: (name: string) => Style,
): string[] {
  const last = means.at(-1)?.finding.errors ?? {};
  const ends = names
    .map((name) => ({ name, errors: last[name] }))
    .filter((end): end is { name: string; errors: Errors } => end.errors !== undefined)
    .map(({ name, errors }) => ({ name, errors, y: heightOf(errors) }))
    .sort((a, b) => b.y - a.y);
  let floor = BOTTOM + LABEL_PITCH;
  return ends.map(({ name, errors, y }) => {
    floor = Math.min(y, floor - LABEL_PITCH);
    const note = errors.rowsOfNaN > 0 ? ', × is NaN' : '';
    return text(RIGHT + 12, Math.round(floor) + 4, nameOf(name) + note, {
      size: 12,
      weight: name === OURS.arena ? 600 : 400,
      fill: styleOf(name).color,
    });
  });
}

function heightOf({ worst, rowsOfNaN }: Errors): number {
  return rowsOfNaN > 0 ? TOP : errorAt(worst);
}

function ratioAt(ratio: number): number {
  return LEFT + (RIGHT - LEFT) * fractionOf(ratio, RATIOS);
}

function errorAt(error: number): number {
  return BOTTOM - (BOTTOM - TOP) * fractionOf(error, ERRORS);
}

function fractionOf(value: number, [from, to]: readonly [number, number]): number {
  return (Math.min(to, Math.max(from, Math.log10(value))) - from) / (to - from);
}

function spellPower(power: number): string {
  if (power >= 0 && power <= 3) return String(10 ** power);
  return `1e${power}`;
}
