import { CREDITS } from '../../../../cli/paint/network/credits.ts';
import type { StyleWeights } from '../../../../cli/paint/network/styles.ts';
import { readAddress } from '../shared/address.ts';
import { make } from '../shared/element.ts';

/** Twice the side of what is shown, for dense screens. */
export const THUMBNAIL = 88;

const FIRST = 'starry-night';

/** The styles to choose from, each with a slider for its part in the mixture. */
export class Mixture {
  readonly element: HTMLElement = make('div', { className: 'mixture' });
  readonly #canvases = new Map<string, HTMLCanvasElement>();
  readonly #sliders = new Map<string, HTMLInputElement>();

  constructor(onChange: () => void) {
    for (const [style, { painter, work }] of Object.entries(CREDITS)) {
      const canvas = make('canvas', { width: THUMBNAIL, height: THUMBNAIL });
      const choose = make('button', { type: 'button', className: 'style-choice' }, canvas);
      choose.ariaLabel = `Only ${painter}, ${work}`;
      choose.title = `${painter}, ${work}`;
      choose.addEventListener('click', () => {
        this.#set({ [style]: 1 });
        onChange();
      });
      const slider = make('input', { type: 'range', className: 'slider', min: '0', max: '100' });
      slider.ariaLabel = `Part of ${painter}, ${work}`;
      slider.addEventListener('input', () => {
        this.#mark(slider);
        onChange();
      });
      const surname = painter.slice(painter.indexOf(' ') + 1);
      const name = make('span', { className: 'painter', ariaHidden: 'true' }, surname);
      this.element.append(make('div', { className: 'style' }, choose, name, slider));
      this.#canvases.set(style, canvas);
      this.#sliders.set(style, slider);
    }
    this.#set(readWeights() ?? { [FIRST]: 1 });
  }

  /** The parts of the styles; null where all are 0. */
  get weights(): StyleWeights | null {
    const parts = [...this.#sliders].map(
      ([style, slider]) => [style, slider.valueAsNumber] as const,
    );
    const weights = Object.fromEntries(parts.filter(([, part]) => part > 0));
    return Object.keys(weights).length > 0 ? weights : null;
  }

  /** The mixture as the address says it: starry-night.60,scream.40. */
  get address(): string | null {
    const parts = Object.entries(this.weights ?? {}).map(([style, part]) => `${style}.${part}`);
    const text = parts.join();
    return text === `${FIRST}.100` ? null : text;
  }

  get styles(): readonly string[] {
    return [...this.#canvases.keys()];
  }

  /** Shows what a style makes of the photograph. */
  showThumbnail(style: string, bitmap: ImageBitmap): void {
    this.#canvases.get(style)?.getContext('bitmaprenderer')?.transferFromImageBitmap(bitmap);
  }

  #set(weights: StyleWeights): void {
    const most = Math.max(...Object.values(weights));
    for (const [style, slider] of this.#sliders) {
      slider.value = String(Math.round((100 * (weights[style] ?? 0)) / most));
      this.#mark(slider);
    }
  }

  #mark(slider: HTMLInputElement): void {
    slider.style.setProperty('--share', `${slider.value}%`);
    slider.ariaValueText = `${slider.value} %`;
  }
}

function readWeights(): StyleWeights | null {
  const parts = (readAddress('styles') ?? '').split(',').map((part) => part.split('.'));
  const known = parts.filter(([style = '', part]) => {
    return Object.hasOwn(CREDITS, style) && Number(part) > 0 && Number(part) <= 100;
  });
  if (known.length === 0) return null;
  return Object.fromEntries(known.map(([style, part]) => [style, Number(part)]));
}
