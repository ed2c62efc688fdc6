import { type ImageMoments, restyle } from 'wasm-norm';
import { CHANNELS, type Space } from '../restyle/channels.ts';
import type { Scene } from '../restyle/scene.ts';
import { CodeBlock } from '../shared/code-block.ts';
import { byId, make } from '../shared/element.ts';
import { spellNumber } from '../shared/spell.ts';
import { ChannelChart } from './channel-chart.ts';
import { inBins, type Spread, shareBeyond, stepAt, stepsOf } from './journey.ts';
import { neutralMoments } from './neutral.ts';
import { type Host, spellRestyling } from './restyle-code.ts';

/** How long the values slide from one stop to the next, in milliseconds. */
const SLIDE = 900;

/** The places of the way on its slider, for each picture. */
const STOPS = ['photograph', 'normalized', 'result'] as const;

/** Shows what restyling does to the channels: their values slide from stop to stop. */
export class Story {
  readonly #way = byId('way', HTMLInputElement);
  readonly #charts = [new ChannelChart(), new ChannelChart(), new ChannelChart()];
  readonly #code = new CodeBlock(byId('restyle-code', HTMLElement), 'code of this restyling');
  #scene: Scene | null = null;
  #result: readonly Spread[] | null = null;
  #isInView = false;
  #frame = 0;
  #slide = 0;

  constructor() {
    byId('channels', HTMLElement).append(...this.#charts.map(({ element }) => element));
    new IntersectionObserver(([entry]) => {
      this.#isInView = entry?.isIntersecting ?? false;
      if (this.#isInView) this.#drawSoon();
    }).observe(byId('story', HTMLElement));
    this.#way.addEventListener('input', () => {
      cancelAnimationFrame(this.#slide);
      this.#drawSoon();
    });
    for (const [stop, name] of STOPS.entries()) {
      byId(`stop-${name}`, HTMLButtonElement).addEventListener('click', () => this.#slideTo(stop));
    }
    for (const radio of document.querySelectorAll('input[name=host]')) {
      radio.addEventListener('change', () => this.#drawCode());
    }
  }

  /** Shows a scene, whose result is not known yet. */
  show(scene: Scene): void {
    this.#scene = scene;
    this.#result = null;
    byId('statistics-result', HTMLElement).classList.add('stale');
    // Out of view, it is drawn with the result: its time is the previews'.
    if (this.#isInView) this.#drawSoon();
  }

  /** Shows what the full result has come to. */
  finish(scene: Scene, result: ImageMoments): void {
    this.#scene = scene;
    this.#result = spreadsOf(result);
    this.#draw();
    this.#drawCode();
  }

  /** From 0, the photograph, to 2, the result. */
  get #at(): number {
    return this.#way.valueAsNumber / 50;
  }

  #slideTo(stop: number): void {
    cancelAnimationFrame(this.#slide);
    const from = this.#at;
    const start = performance.now();
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const step = (now: number) => {
      const share = isStill ? 1 : Math.min(1, (now - start) / SLIDE);
      const eased = share * share * (3 - 2 * share);
      this.#way.value = String(50 * (from + eased * (stop - from)));
      this.#draw();
      if (share < 1) this.#slide = requestAnimationFrame(step);
    };
    step(start);
  }

  #drawSoon(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const scene = this.#scene;
    if (!scene) return;
    const { content, style, settings } = scene;
    const { space, strength } = settings;
    const at = this.#at;
    const [from, to] = [spreadsOf(content.moments[space]), spreadsOf(style.moments[space])];
    const cut: number[] = [];
    for (const [i, channel] of CHANNELS[space].entries()) {
      const known = this.#result?.[i] ?? null;
      const steps = stepsOf(channel, from[i] as Spread, to[i] as Spread, strength, known);
      const bins = content.histograms[space][i] as Float32Array;
      cut.push(shareBeyond(bins, inBins(steps[2].line, channel)));
      this.#charts[i]?.draw(channel, {
        bins,
        step: stepAt(steps, at),
        at,
        goal: style.histograms[space][i] as Float32Array,
      });
    }
    showCut(space, cut);
    this.#way.style.setProperty('--share', `${this.#way.value}%`);
    this.#way.ariaValueText = describeWay(at);
    for (const [stop, name] of STOPS.entries()) {
      byId(`stop-${name}`, HTMLButtonElement).ariaPressed = String(Math.abs(at - stop) < 0.01);
    }
    this.#drawPictures(scene);
    this.#drawNumbers(scene);
    if (!this.#result) this.#drawCode();
  }

  #drawPictures({ content, style, settings }: Scene): void {
    const { space, strength } = settings;
    const contentMoments = content.moments[space];
    const paint = (to: ImageMoments, share: number) =>
      restyle(content.small, to, { strength: share, contentMoments }).data;
    const { width, height, data } = content.small;
    const pictures = [data, paint(neutral(space), 1), paint(style.moments[space], strength)];
    for (const [stop, name] of STOPS.entries()) {
      const canvas = byId(`stop-${name}`, HTMLButtonElement).querySelector('canvas');
      if (!canvas) continue;
      if (canvas.width !== width || canvas.height !== height)
        Object.assign(canvas, { width, height });
      const bytes = pictures[stop] as Uint8ClampedArray<ArrayBuffer>;
      canvas.getContext('2d')?.putImageData(new ImageData(bytes, width, height), 0, 0);
    }
  }

  #drawNumbers({ content, style, settings: { space } }: Scene): void {
    const channels = CHANNELS[space];
    for (const [i, { name }] of channels.entries()) {
      byId('statistics-head', HTMLElement).children[i + 1]?.replaceChildren(name);
    }
    const normalized = channels.map(({ unit }) => ({ mean: 0, std: 1 / unit }));
    fillRow('content', space, spreadsOf(content.moments[space]));
    fillRow('normalized', space, normalized);
    fillRow('style', space, spreadsOf(style.moments[space]));
    byId('statistics-result', HTMLElement).classList.toggle('stale', !this.#result);
    if (this.#result) fillRow('result', space, this.#result);
  }

  #drawCode(): void {
    if (!this.#scene) return;
    const { content, style, settings } = this.#scene;
    const host = document.querySelector<HTMLInputElement>('input[name=host]:checked')?.value;
    const shown = {
      content: content.file.name,
      style: style.file.name,
      settings,
      result: this.#result,
    };
    this.#code.show(spellRestyling(host as Host, shown));
  }
}

const NEUTRAL: Partial<Record<Space, ImageMoments>> = {};

function neutral(space: Space): ImageMoments {
  NEUTRAL[space] ??= neutralMoments(space);
  return NEUTRAL[space];
}

function spreadsOf(moments: ImageMoments): Spread[] {
  const std = moments.std();
  return Array.from(moments.mean, (mean, channel) => ({ mean, std: std[channel] as number }));
}

function fillRow(row: string, space: Space, spreads: readonly Spread[]): void {
  const cells = byId(`statistics-${row}`, HTMLElement).querySelectorAll('td');
  for (const [i, { mean, std }] of spreads.entries()) {
    const { unit, decimals } = CHANNELS[space][i] as (typeof CHANNELS)['rgb'][number];
    const spread = make('span', {}, ` ± ${spellNumber(std * unit, decimals)}`);
    cells[i]?.replaceChildren(spellNumber(mean * unit, decimals), spread);
  }
}

/** Shows how much of each channel is cut off. In Oklab colours, not channels, leave what screens can show. */
function showCut(space: Space, shares: readonly number[]): void {
  const cells = byId('statistics-cut', HTMLElement).querySelectorAll('td');
  for (const [i, share] of shares.entries()) {
    const percent = 100 * share;
    const text = `${percent.toFixed(percent > 0 && percent < 10 ? 1 : 0)} %`;
    cells[i]?.replaceChildren(space === 'rgb' ? text : '–');
  }
}

function describeWay(at: number): string {
  const [from, to] =
    at < 1 ? ['photograph', 'mean 0, deviation 1'] : ['mean 0, deviation 1', 'result'];
  const share = Math.round(100 * (at < 1 ? at : at - 1));
  if (share === 0) return from;
  return share === 100 ? to : `${share} % from ${from} to ${to}`;
}
