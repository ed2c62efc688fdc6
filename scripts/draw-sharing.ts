// Draws which values share a mean in each normalization.

import { BatchNorm, GroupNorm, InstanceNorm, type Layer, LayerNorm } from 'wasm-norm';
import { findSharing } from '../examples/web/page/normalization/sharing.ts';

// H and W as one, as the library sees them.
const N = 4;
const C = 6;
const HW = 5;
const SHAPE = [N, C, HW];

/** A place in the tensor. The block is seen from its corner (0, 0, 0), the chosen element. */
type Place = readonly [n: number, c: number, hw: number];

interface Panel {
  readonly title: string;
  readonly code: string;
  readonly caption: string;
  readonly layer: Layer;
}

// In the order of Wu, He: Group Normalization (2018), figure 2.
const PANELS: readonly Panel[] = [
  {
    title: 'Batch',
    code: 'new BatchNorm(C)',
    caption: 'per channel, over the batch',
    layer: new BatchNorm(C),
  },
  {
    title: 'Layer',
    code: 'new LayerNorm([C, H, W])',
    caption: 'per sample, over its channels',
    layer: new LayerNorm([C, HW]),
  },
  {
    title: 'Instance',
    code: 'new InstanceNorm(C)',
    caption: 'per sample and channel',
    layer: new InstanceNorm(C),
  },
  {
    title: 'Group',
    code: 'new GroupNorm(2, C)',
    caption: 'per sample and channel group',
    layer: new GroupNorm(2, C),
  },
];

/** Spells a set by its extents: 4 × 1 × 5 = 20 values. */
function spellExtents(shared: readonly boolean[]): string {
  const places = everyPlace().filter((place) => shared[indexOf(place)]);
  const extents = SHAPE.map((_, axis) => new Set(places.map((place) => place[axis])).size);
  const product = extents.reduce((size, extent) => size * extent, 1);
  if (product !== places.length) throw new Error(`expected a block, got ${places.length} places`);
  return `${extents.join(' × ')} = ${product} values`;
}

function everyPlace(): readonly Place[] {
  return Array.from({ length: N * C * HW }, (_, i) => [
    Math.floor(i / (C * HW)),
    Math.floor(i / HW) % C,
    i % HW,
  ]);
}

function indexOf([n, c, hw]: Place): number {
  return (n * C + c) * HW + hw;
}

const WIDTH = 920;
const HEIGHT = 420;
const MARGIN = 28;
const PANEL_WIDTH = (WIDTH - 2 * MARGIN) / PANELS.length;
const PANEL_TOP = 92;

// Isometric: C runs from the near edge to the right, N to the left, H·W down.
const UNIT = 19;
const SLOPE_X = UNIT * Math.cos(Math.PI / 6);
const SLOPE_Y = UNIT / 2;
const NEAR_X = (PANEL_WIDTH + (N - C) * SLOPE_X) / 2;
const NEAR_Y = 58 + (N + C) * SLOPE_Y;
const CAPTION_Y = NEAR_Y + HW * UNIT + 38;

// The picture brings its own background, so it reads the same on a dark page.
const COLORS = {
  background: '#ffffff',
  border: '#d0d7de',
  text: '#1f2328',
  faint: '#59636e',
  line: '#ffffff',
};

interface Face {
  readonly shared: string;
  readonly other: string;
  readonly chosen: string;
  /** The places that it shows, and where each begins; a place spans one step either way. */
  readonly places: readonly Place[];
  readonly corner: (place: Place) => Point;
  readonly across: Point;
  readonly along: Point;
}

type Point = readonly [x: number, y: number];

const ALONG_N: Point = [-SLOPE_X, -SLOPE_Y];
const ALONG_C: Point = [SLOPE_X, -SLOPE_Y];
const DOWN: Point = [0, UNIT];

function project([n, c, hw]: Place): Point {
  return [NEAR_X + (c - n) * SLOPE_X, NEAR_Y - (c + n) * SLOPE_Y + hw * UNIT];
}

const FACES: readonly Face[] = [
  {
    shared: '#8f80f7',
    other: '#eceef1',
    chosen: '#ff9d5c',
    places: everyPlace().filter(([, , hw]) => hw === 0),
    corner: project,
    across: ALONG_N,
    along: ALONG_C,
  },
  {
    shared: '#654ff0',
    other: '#dadee3',
    chosen: '#f0782a',
    places: everyPlace().filter(([n]) => n === 0),
    corner: project,
    across: ALONG_C,
    along: DOWN,
  },
  {
    shared: '#4c39c4',
    other: '#c8cdd4',
    chosen: '#cf5f17',
    places: everyPlace().filter(([, c]) => c === 0),
    corner: project,
    across: ALONG_N,
    along: DOWN,
  },
];

/** Draws the picture, as SVG. */
export function drawSharing(): string {
  const panels = PANELS.map(
    (panel, i) =>
      `<g transform="translate(${MARGIN + i * PANEL_WIDTH} ${PANEL_TOP})">\n${drawPanel(panel)}</g>\n`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif">
<title>Which values share a mean and variance in batch, layer, instance and group normalization</title>
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="10" fill="${COLORS.background}" stroke="${COLORS.border}"/>
${text(MARGIN, 38, 'Which values share a mean', { size: 18, weight: 600 })}
${drawLegend()}
${text(WIDTH - MARGIN, 66, 'N samples, C channels, H·W pixels', { size: 14, fill: COLORS.faint, anchor: 'end' })}
${panels.join('')}</svg>
`;
}

function drawLegend(): string {
  const entries = [
    ['chosen', 'one value', 0],
    ['shared', 'all that share its mean and variance', 112],
    ['other', 'the others', 404],
  ] as const;
  const front = FACES[1] as Face;
  return entries
    .map(
      ([kind, label, x]) =>
        `<rect x="${MARGIN + x}" y="54" width="14" height="14" rx="3" fill="${front[kind]}"/>` +
        text(MARGIN + x + 21, 66, label, { size: 14, fill: COLORS.faint }),
    )
    .join('\n');
}

function drawPanel(panel: Panel): string {
  const shared = findSharing(panel.layer, SHAPE, 0);
  const middle = PANEL_WIDTH / 2;
  return [
    text(middle, 22, panel.title, { size: 17, weight: 600, anchor: 'middle' }),
    text(middle, 42, panel.code, { size: 12, anchor: 'middle', mono: true }),
    ...FACES.map((face) => drawFace(face, shared)),
    ...drawAxes(),
    text(middle, CAPTION_Y, panel.caption, { size: 13, anchor: 'middle' }),
    text(middle, CAPTION_Y + 21, spellExtents(shared), {
      size: 13,
      fill: COLORS.faint,
      anchor: 'middle',
    }),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** Draws the cells of a face, those of one colour as one path. */
function drawFace(face: Face, shared: readonly boolean[]): string {
  const kinds = { other: '', shared: '', chosen: '' };
  for (const place of face.places) {
    const index = indexOf(place);
    const kind = index === 0 ? 'chosen' : shared[index] ? 'shared' : 'other';
    kinds[kind] += cell(face, place);
  }
  const paths = Object.entries(kinds).map(
    ([kind, path]) => `<path fill="${face[kind as keyof typeof kinds]}" d="${path}"/>`,
  );
  return `<g stroke="${COLORS.line}" stroke-linejoin="round">${paths.join('')}</g>`;
}

function cell({ corner, across, along }: Face, place: Place): string {
  const [x, y] = corner(place);
  const back: Point = [-across[0], -across[1]];
  return `M${point([x, y])}l${point(across)} ${point(along)} ${point(back)}z`;
}

function drawAxes(): readonly string[] {
  const bottom = HW * UNIT + 17;
  const n = project([N / 2, 0, 0]);
  const c = project([0, C / 2, 0]);
  const hw = project([0, C, HW / 2]);
  const style = { size: 13, fill: COLORS.faint, anchor: 'middle', weight: 600 } as const;
  return [
    text(n[0] - 5, n[1] + bottom, 'N', style),
    text(c[0] + 6, c[1] + bottom, 'C', style),
    text(hw[0] + 8, hw[1] + 5, 'H·W', { ...style, anchor: 'start' }),
  ];
}

function point([x, y]: Point): string {
  return `${Number(x.toFixed(2))} ${Number(y.toFixed(2))}`;
}

interface TextStyle {
  readonly fill?: string;
  readonly size: number;
  readonly weight?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly mono?: boolean;
}

function text(x: number, y: number, content: string, style: TextStyle): string {
  const { fill = COLORS.text, size, weight = 400, anchor = 'start', mono = false } = style;
  const family = mono
    ? ` font-family="ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', monospace"`
    : '';
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${fill}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}"${family}>${content}</text>`;
}
