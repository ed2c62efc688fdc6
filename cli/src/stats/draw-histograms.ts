import {
  CHANNELS,
  type DatasetStatistics,
  type Weighing,
} from '../statistics/dataset-statistics.ts';

const COLORS = { red: '#cf222e', green: '#1a7f37', blue: '#0969da' };
const TEXT = '#1f2328';
const FAINT = '#59636e';
const BORDER = '#d0d7de';

const WIDTH = 920;
const HEIGHT = 320;
const MARGIN = 28;
const GAP = 24;
const PANEL_WIDTH = (WIDTH - 2 * MARGIN - 2 * GAP) / 3;
const TOP = 112;
const BOTTOM = HEIGHT - 44;

/**
 * Draws the histogram of each channel as SVG: what share of the pixels has each
 * level, the mean as a line and one standard deviation to its sides as a band.
 *
 * @param title may hold any characters
 */
export function drawHistograms(
  title: string,
  statistics: DatasetStatistics,
  per: Weighing,
): string {
  const { pictures, pixels } = statistics;
  const [mean, std] = [statistics.mean(per), statistics.std(per)];
  const shares = (statistics.histograms ?? []).map((levels) =>
    levels.map((count) => count / pixels),
  );
  const top = highestShare(shares);
  const panels = CHANNELS.map((channel, i) => {
    const x = MARGIN + i * (PANEL_WIDTH + GAP);
    const panel = drawPanel(
      channel,
      shares[i] as number[],
      top,
      mean[i] as number,
      std[i] as number,
    );
    return `<g transform="translate(${x.toFixed(2)} 0)">\n${panel}\n</g>`;
  });
  const subtitle =
    `${pictures.toLocaleString('en')} pictures, ${pixels.toLocaleString('en')} pixels; ` +
    `a panel is ${(100 * top).toPrecision(2)}% of them high`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif">
<title>Histograms of red, green and blue</title>
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="10" fill="#ffffff" stroke="${BORDER}"/>
${text(MARGIN, 38, title, { size: 18, weight: 600 })}
${text(MARGIN, 60, subtitle, { size: 13, fill: FAINT })}
${panels.join('\n')}
</svg>
`;
}

/** Black and white are left out unless they are all there is: often they tower over the rest. */
function highestShare(shares: readonly (readonly number[])[]): number {
  const inner = Math.max(...shares.flatMap((levels) => levels.slice(1, -1)));
  return inner > 0 ? inner : Math.max(...shares.flat());
}

function drawPanel(
  channel: (typeof CHANNELS)[number],
  shares: readonly number[],
  top: number,
  mean: number,
  std: number,
): string {
  const color = COLORS[channel];
  const x = (level: number) => (level / shares.length) * PANEL_WIDTH;
  const y = (share: number) => BOTTOM - Math.min(1, share / top) * (BOTTOM - TOP);
  // A level is a bar from its own place to that of the next.
  const steps = shares.map((share, level) => `V${y(share).toFixed(2)}H${x(level + 1).toFixed(2)}`);
  const center = x(mean * 255 + 0.5);
  const from = Math.max(0, x((mean - std) * 255 + 0.5));
  const to = Math.min(PANEL_WIDTH, x((mean + std) * 255 + 0.5));
  const ends = `${percent(shares[0] as number)} at 0, ${percent(shares.at(-1) as number)} at 1`;
  return [
    text(0, TOP - 24, channel, { size: 14, weight: 600, fill: color }),
    text(PANEL_WIDTH, TOP - 24, `mean ${mean.toFixed(4)}   std ${std.toFixed(4)}`, {
      size: 13,
      anchor: 'end',
    }),
    text(PANEL_WIDTH, TOP - 8, ends, { size: 11, fill: FAINT, anchor: 'end' }),
    `<rect x="${from.toFixed(2)}" y="${TOP}" width="${(to - from).toFixed(2)}" height="${BOTTOM - TOP}" fill="${color}" opacity="0.1"/>`,
    `<path d="M0 ${BOTTOM}${steps.join('')}V${BOTTOM}z" fill="${color}" opacity="0.75"/>`,
    `<path d="M${center.toFixed(2)} ${TOP}V${BOTTOM}" stroke="${TEXT}" stroke-dasharray="4 3"/>`,
    `<path d="M0 ${BOTTOM}H${PANEL_WIDTH.toFixed(2)}" stroke="${FAINT}"/>`,
    text(0, BOTTOM + 18, '0', { size: 12, fill: FAINT }),
    text(PANEL_WIDTH / 2, BOTTOM + 18, '0.5', { size: 12, fill: FAINT, anchor: 'middle' }),
    text(PANEL_WIDTH, BOTTOM + 18, '1', { size: 12, fill: FAINT, anchor: 'end' }),
  ].join('\n');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

interface TextStyle {
  readonly size: number;
  readonly fill?: string;
  readonly weight?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
}

function text(x: number, y: number, content: string, style: TextStyle): string {
  const { size, fill = TEXT, weight = 400, anchor = 'start' } = style;
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(2)}" y="${y}" fill="${fill}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}">${escaped}</text>`;
}
