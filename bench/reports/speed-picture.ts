import { LIMIT, OURS } from '../contestants/names.ts';
import type { Comparison, Finding } from '../measurements/compare.ts';
import { spellNumber } from './markdown.ts';
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

// Two ways to call the library are enough for a picture.
const LEFT_AWAY: readonly string[] = [LIMIT, 'ours, in place', 'ours, fresh output'];

const WIDTH = 920;
const COLUMNS = 2;
const MARGIN = 28;
const HEADER = 80;
const PANEL_WIDTH = (WIDTH - (COLUMNS + 1) * MARGIN) / COLUMNS;
const PANEL_HEAD = 30;
const BAR_PITCH = 21;
const BAR = 14;
const LABELS = 170;
const TRACK = PANEL_WIDTH - LABELS;

/** Draws bars of GB/s, each panel as wide as memory.copy is fast. */
export function comparisonPicture(comparisons: readonly Comparison[]): string {
  const shown = PANELS.flatMap(([problem, shape]) =>
    comparisons.filter((found) => found.problem === problem && found.shape === shape),
  );
  const panels: string[] = [];
  let height = HEADER;
  for (let i = 0; i < shown.length; i += COLUMNS) {
    const row = shown.slice(i, i + COLUMNS);
    for (const [column, comparison] of row.entries()) {
      const x = MARGIN + column * (PANEL_WIDTH + MARGIN);
      panels.push(`<g transform="translate(${x} ${height})">\n${panel(comparison)}</g>\n`);
    }
    const bars = Math.max(...row.map((comparison) => ranked(comparison).length));
    height += PANEL_HEAD + bars * BAR_PITCH + MARGIN;
  }
  return picture({
    width: WIDTH,
    height,
    margin: MARGIN,
    description: 'Throughput of normalization in GB/s, one thread',
    title: 'Normalization in GB/s, on one thread',
    subtitle:
      'Read and written bytes a second, longer is faster. The full width is memory.copy of the same bytes.',
    body: panels.join(''),
  });
}

function panel(comparison: Comparison): string {
  const limit = comparison.findings.find(({ contestant }) => contestant === LIMIT);
  const full = limit?.gigabytesPerSecond ?? 0;
  const lines = [
    text(0, 20, `${comparison.problem}, ${comparison.shape.replaceAll('x', ' × ')}`, {
      weight: 600,
    }),
    text(PANEL_WIDTH, 20, `memory.copy ${spellNumber(full)}`, {
      fill: COLORS.faint,
      size: 12,
      anchor: 'end',
    }),
    ...ranked(comparison).map((finding, i) => bar(finding, full, PANEL_HEAD + i * BAR_PITCH)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** The library first, then the others, the fastest first. */
function ranked({ findings }: Comparison): readonly Finding[] {
  const rank = ({ contestant, gigabytesPerSecond }: Finding) =>
    contestant.startsWith('ours') ? Number.POSITIVE_INFINITY : gigabytesPerSecond;
  return findings
    .filter(({ contestant }) => !LEFT_AWAY.includes(contestant))
    .sort((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
}

function bar({ contestant, gigabytesPerSecond }: Finding, full: number, y: number): string {
  const width = Math.min(1, gigabytesPerSecond / full) * TRACK;
  const ours = contestant.startsWith('ours');
  const fill = ours ? (contestant === OURS ? COLORS.arena : COLORS.arrays) : COLORS.peer;
  const name = contestant.replace('ours', 'wasm-norm');
  const baseline = y + BAR - 3;
  const weight = ours ? 600 : 400;
  return [
    text(LABELS - 10, baseline, name, { anchor: 'end', size: 12, weight }),
    `<rect x="${LABELS}" y="${y}" width="${TRACK}" height="${BAR}" rx="3" fill="${COLORS.track}"/>`,
    `<rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="3" fill="${fill}"/>`,
    text(LABELS + width + 6, baseline, spellNumber(gigabytesPerSecond), { size: 11, weight }),
  ].join('');
}
