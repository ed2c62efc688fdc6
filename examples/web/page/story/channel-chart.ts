import type { Channel } from '../restyle/channels.ts';
import { make, makeSvg } from '../shared/element.ts';
import { spellNumber } from '../shared/spell.ts';
import { DEVIATIONS, inBins, moveBins, type Step } from './journey.ts';

const BARS = 128;
const HEIGHT = 64;

/** Bars on each side that one is averaged with: bytes that are stretched leave gaps. */
const SMOOTHING = 1;

/** What is drawn of a channel. */
export interface Drawn {
  /** The photograph's values. */
  readonly bins: Float32Array;
  /** Where they are now, and how far on their way: from 0 to 2. */
  readonly step: Step;
  readonly at: number;
  /** The values of the colour source. */
  readonly goal: Float32Array;
}

/** One channel's values as they slide, over those of the colour source. */
export class ChannelChart {
  readonly element: HTMLElement;
  readonly #area = makeSvg('path', { class: 'area' });
  readonly #goal = makeSvg('path', { class: 'goal' });
  readonly #mean = makeSvg('line', { class: 'mean', y1: 0, y2: HEIGHT });
  readonly #deviation = makeSvg('line', { class: 'deviation', y1: HEIGHT - 5, y2: HEIGHT - 5 });
  readonly #numbers = make('span', { className: 'numbers' });
  readonly #values = make('p', { className: 'axis' });
  readonly #deviations = make('p', { className: 'axis' });
  readonly #picture: SVGSVGElement;
  #channel: Channel | null = null;

  constructor() {
    this.#picture = makeSvg(
      'svg',
      { viewBox: `0 0 ${BARS} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' },
      this.#area,
      this.#goal,
      this.#deviation,
      this.#mean,
    );
    const ends = [-DEVIATIONS, 0, DEVIATIONS].map((end) => spellNumber(end, 0));
    this.#deviations.append(...ends.map((end) => make('span', {}, end)));
    const axes = make('div', { className: 'axes' }, this.#values, this.#deviations);
    this.element = make('div', { className: 'channel' }, make('h3'), this.#numbers);
    this.element.append(this.#picture, axes);
  }

  /** Draws the values of a channel where a step puts them. */
  draw(channel: Channel, { bins, step, at, goal }: Drawn): void {
    if (channel !== this.#channel) this.#begin(channel);
    const moved = moveBins(bins, inBins(step.line, channel), BARS, Math.max(0, at - 1));
    this.#area.setAttribute('d', outline(moved));
    this.#goal.setAttribute('d', outline(moveBins(goal, { slope: 1, shift: 0 }, BARS, 1)));
    const inMiddle = 1 - Math.abs(at - 1); // 1 where values are normalized
    this.#goal.style.opacity = String(1 - inMiddle);
    this.#values.style.opacity = String(Math.max(0, 1 - 2 * inMiddle));
    this.#deviations.style.opacity = String(Math.max(0, 2 * inMiddle - 1));
    this.#mark(step, channel);
  }

  #begin(channel: Channel): void {
    this.#channel = channel;
    this.element.className = `channel ${channel.look}`;
    (this.element.firstElementChild as HTMLElement).textContent = channel.name;
    const { low, high, unit, decimals } = channel;
    const ends = [low, (low + high) / 2, high].map((end) => {
      return make('span', {}, spellNumber(end * unit, unit === 1 ? Math.min(1, decimals) : 0));
    });
    this.#values.replaceChildren(...ends);
  }

  /** Marks the mean, and a deviation on each side of it. */
  #mark({ spread, mark }: Step, { name, decimals }: Channel): void {
    for (const end of ['x1', 'x2']) this.#mean.setAttribute(end, String(BARS * mark.mean));
    this.#deviation.setAttribute('x1', String(BARS * (mark.mean - mark.std)));
    this.#deviation.setAttribute('x2', String(BARS * (mark.mean + mark.std)));
    const numbers = `${spellNumber(spread.mean, decimals)} ± ${spellNumber(spread.std, decimals)}`;
    this.#numbers.textContent = numbers;
    this.#picture.ariaLabel = `${name}: mean and deviation ${numbers}`;
  }
}

/** Draws bars as an area, as high as the chart. */
function outline(bars: Float32Array): string {
  const smooth = bars.map((_, at) => {
    const near = bars.subarray(Math.max(0, at - SMOOTHING), at + SMOOTHING + 1);
    return near.reduce((sum, share) => sum + share, 0) / near.length;
  });
  const most = Math.max(...smooth, 1e-9);
  const points = Array.from(smooth, (share, at) => {
    return `L${at + 0.5} ${(HEIGHT - 1 - (share / most) * (HEIGHT - 8)).toFixed(1)}`;
  });
  return `M0 ${HEIGHT}${points.join('')}L${BARS} ${HEIGHT}z`;
}
