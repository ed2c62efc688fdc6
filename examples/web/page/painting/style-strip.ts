import { make } from '../shared/element.ts';
import { spellNumber } from '../shared/spell.ts';

const ROWS = 16;

/** All that a style is: its numbers, one a dot. */
export class StyleStrip {
  readonly element: HTMLElement;
  readonly #canvas = make('canvas', { role: 'img' });
  readonly #text = make('p', { className: 'hint' });

  constructor() {
    this.element = make('div', { className: 'style-strip' }, this.#canvas, this.#text);
  }

  show(numbers: Float32Array): void {
    const columns = Math.ceil(numbers.length / ROWS);
    const picture = new ImageData(columns, ROWS);
    for (const [i, value] of numbers.entries()) {
      const at = 4 * ((i % ROWS) * columns + Math.floor(i / ROWS));
      // From -2, blue, over 0, grey, to 2, orange.
      const share = Math.min(1, Math.max(-1, value / 2));
      const rest = 150 * (1 - Math.abs(share));
      const [red, blue] = share > 0 ? [rest + 235 * share, rest] : [rest, rest - 225 * share];
      picture.data.set([red, rest + 110 * Math.abs(share), blue, 255], at);
    }
    Object.assign(this.#canvas, { width: columns, height: ROWS });
    this.#canvas.getContext('2d')?.putImageData(picture, 0, 0);
    const count = numbers.length.toLocaleString('en');
    this.#canvas.ariaLabel = `The ${count} numbers of the style`;
    const first = Array.from(numbers.subarray(0, 3), (value) => spellNumber(value, 3)).join(', ');
    this.#text.textContent = `A style is these ${count} numbers: weight and bias of each of the network's instance normalizations. They begin with ${first}.`;
  }
}
