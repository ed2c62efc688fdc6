import type { Comparison, Finding } from './compare.ts';
import { LIMIT, OURS } from './contestants/names.ts';
import { spellNumber } from './markdown.ts';

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

// The picture brings its own background, so it reads the same on a dark page.
const COLORS = {
  background: '#ffffff',
  border: '#d0d7de',
  text: '#1f2328',
  faint: '#656d76',
  track: '#f3f4f6',
  arena: '#654ff0',
  arrays: '#a498f6',
  peer: '#b6bec9',
};

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
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13">
<title>Throughput of normalization in GB/s, one thread</title>
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10" fill="${COLORS.background}" stroke="${COLORS.border}"/>
${text(MARGIN, 38, 'Normalization in GB/s, on one thread', { size: 18, weight: 600 })}
${text(MARGIN, 60, 'Read and written bytes a second, longer is faster. The full width is memory.copy of the same bytes.', { fill: COLORS.faint })}
${panels.join('')}</svg>
`;
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

interface TextStyle {
  readonly fill?: string;
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: 'start' | 'end';
}

function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { fill = COLORS.text, size = 13, weight = 400, anchor = 'start' } = style;
  return `<text x="${x.toFixed(1)}" y="${y}" fill="${fill}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}">${content}</text>`;
}
