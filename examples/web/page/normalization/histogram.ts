import { make, makeSvg } from '../shared/element.ts';
import { spellNumber } from '../shared/spell.ts';
import type { Scale } from './grid.ts';

const BINS = 28;
const WIDTH = 280;
const HEIGHT = 96;

/** Draws how a set's values lie among all: each as shares of their own number. */
export function drawHistogram(
  title: string,
  all: readonly number[],
  chosen: readonly number[],
  scale: Scale,
): HTMLElement {
  const shares = [countShares(all, scale), countShares(chosen, scale)];
  const most = Math.max(...shares.flat());
  const bars = shares.map((bins, i) =>
    makeSvg('path', { class: i === 0 ? 'all' : 'of-set', d: outline(bins, most) }),
  );
  const label = `${title}: histogram of the chosen values from ${spellNumber(Math.min(...chosen), 1)} to ${spellNumber(Math.max(...chosen), 1)}, among all from ${spellNumber(Math.min(...all), 1)} to ${spellNumber(Math.max(...all), 1)}`;
  const picture = makeSvg(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
    },
    ...bars,
  );
  const ends = [scale.low, (scale.low + scale.high) / 2, scale.high];
  const axis = make(
    'p',
    { className: 'axis' },
    ...ends.map((end) => make('span', {}, spellNumber(end, 1))),
  );
  return make('figure', {}, make('figcaption', {}, title), picture, axis);
}

function countShares(values: readonly number[], { low, high }: Scale): number[] {
  const bins = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.floor(((value - low) / (high - low)) * BINS);
    const inside = Math.min(BINS - 1, Math.max(0, bin));
    bins[inside] = (bins[inside] as number) + 1 / values.length;
  }
  return bins;
}

function outline(bins: readonly number[], most: number): string {
  const width = WIDTH / BINS;
  return bins
    .map((share, bin) => {
      const height = (share / most) * HEIGHT;
      if (height === 0) return '';
      const top = HEIGHT - height;
      return `M${bin * width + 0.75} ${HEIGHT}V${top.toFixed(1)}h${width - 1.5}V${HEIGHT}z`;
    })
    .join('');
}
