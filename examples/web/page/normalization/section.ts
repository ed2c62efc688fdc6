import type { Layout } from 'wasm-norm';
import { byId, make } from '../element.ts';
import { type Analysis, analyse, type Moments, type SharedSet } from './analysis.ts';
import { axesOf, drawBatch, indexOf, type Place, placeOf, shapeOf } from './batch.ts';
import { Grid, hueOf, type Scale } from './grid.ts';
import { drawHistogram } from './histogram.ts';
import { MemoryStrip } from './memory-strip.ts';
import { type Kind, type Norm, spellAxes } from './norm.ts';
import { spellNumber } from './spell-number.ts';

/** What a normalization divides by. */
interface Spread {
  readonly name: string;
  readonly of: (moments: Moments) => number;
}

const STD: Spread = { name: 'Std', of: ({ std }) => std };
const RMS: Spread = { name: 'RMS', of: ({ mean, std }) => Math.hypot(mean, std) };

/** Runs the second section of the page. */
export function startNormalization(): void {
  new NormalizationSection();
}

class NormalizationSection {
  readonly #form = byId('norm-controls', HTMLFormElement);
  readonly #before = new Grid(byId('grid-before', HTMLElement), 'Values before', (place) =>
    this.#choose(place),
  );
  readonly #after = new Grid(byId('grid-after', HTMLElement), 'Values after', (place) =>
    this.#choose(place),
  );
  readonly #memory = new MemoryStrip(byId('memory', HTMLElement));
  #batch = drawBatch();
  #chosen: Place = { n: 1, c: 1, h: 1, w: 1 };
  #analysis: Analysis = this.#analyse();
  #rows: readonly HTMLElement[] = [];

  constructor() {
    this.#form.addEventListener('change', () => this.#draw());
    byId('new-values', HTMLButtonElement).addEventListener('click', () => {
      this.#batch = drawBatch();
      this.#draw();
    });
    this.#draw();
  }

  #analyse(): Analysis {
    const data = new FormData(this.#form);
    const norm: Norm = {
      kind: data.get('kind') as Kind,
      layout: data.get('layout') as Layout,
      groups: Number(data.get('groups')),
      trailing: Number(data.get('trailing')),
    };
    return analyse(norm, this.#batch);
  }

  #draw(): void {
    this.#analysis = this.#analyse();
    const { norm, code, before, after } = this.#analysis;
    byId('groups', HTMLFieldSetElement).hidden = norm.kind !== 'group';
    byId('trailing', HTMLFieldSetElement).hidden = norm.kind !== 'layer' && norm.kind !== 'rms';
    for (const radio of this.#form.querySelectorAll<HTMLInputElement>('[name=trailing]')) {
      const axes = spellAxes(norm.layout, Number(radio.value));
      (radio.nextElementSibling as HTMLElement).textContent = axes;
    }
    const axes = axesOf(norm.layout).join(', ').toUpperCase();
    byId('code', HTMLElement).textContent = `${code}.forward(x)`;
    byId('shape', HTMLElement).textContent = `x: ${axes} = ${shapeOf(norm.layout).join(', ')}`;
    const describe = (place: Place): string => this.#describe(place);
    this.#before.draw(this.#analysis, before, scaleOf(before), describe);
    this.#after.draw(this.#analysis, after, scaleOf(after), describe);
    this.#memory.draw(this.#analysis);
    this.#drawSets();
    this.#choose(this.#chosen);
    const { sets } = this.#analysis;
    byId('norm-status', HTMLElement).textContent =
      `${sets.length} sets of ${sets[0]?.members.length} values share a mean.`;
  }

  #describe({ n, c, h, w }: Place): string {
    const { norm, before, after } = this.#analysis;
    const index = indexOf({ n, c, h, w }, norm.layout);
    return `sample ${n}, channel ${c}, row ${h}, column ${w}: ${spellNumber(before[index] as number, 3)} becomes ${spellNumber(after[index] as number, 3)}`;
  }

  #choose(place: Place): void {
    this.#chosen = place;
    const { norm, setOf, sets } = this.#analysis;
    const number = setOf[indexOf(place, norm.layout)] as number;
    const set = sets[number] as SharedSet;
    this.#before.choose(this.#analysis, place);
    this.#after.choose(this.#analysis, place);
    this.#memory.choose(this.#analysis, number);
    this.#drawChosen(set, number);
    for (const [row, element] of this.#rows.entries()) {
      element.classList.toggle('chosen', row === number);
    }
  }

  #drawChosen(set: SharedSet, number: number): void {
    const { before, after, norm } = this.#analysis;
    const host = byId('histograms', HTMLElement);
    host.style.setProperty('--hue', String(hueOf(number)));
    byId('chosen-title', HTMLElement).textContent = capitalize(set.name);
    const shared = norm.kind === 'rms' ? 'a mean of squares' : 'a mean and a standard deviation';
    byId('chosen-text', HTMLElement).textContent =
      `${capitalize(this.#describe(this.#chosen))}. It shares ${shared} with ${set.members.length - 1} other values.`;
    const pick = (values: Float32Array): number[] =>
      set.members.map((member) => values[member] as number);
    host.replaceChildren(
      drawHistogram('Before', [...before], pick(before), scaleOf(before)),
      drawHistogram('After', [...after], pick(after), scaleOf(after)),
    );
  }

  #drawSets(): void {
    const { sets, norm } = this.#analysis;
    const spread = norm.kind === 'rms' ? RMS : STD;
    this.#rows = sets.map(({ name, members, before, after }, number) => {
      const swatch = make('span', { className: 'swatch' });
      swatch.style.setProperty('--hue', String(hueOf(number)));
      const button = make('button', { type: 'button' }, swatch, capitalize(name));
      button.addEventListener('click', () => {
        this.#choose(placeOf(members[0] as number, norm.layout));
      });
      const numbers = [before, after].flatMap((moments) => [moments.mean, spread.of(moments)]);
      return make(
        'tr',
        {},
        make('th', { scope: 'row' }, button),
        ...numbers.map((value) => make('td', {}, spellNumber(value, 3))),
      );
    });
    const table = make('table', {}, makeHead(spread.name), make('tbody', {}, ...this.#rows));
    byId('sets', HTMLElement).replaceChildren(table);
  }
}

function makeHead(spread: string): HTMLElement {
  const headings = ['Mean', spread, 'Mean after', `${spread} after`];
  const cells = headings.map((heading) => make('th', { scope: 'col' }, heading));
  return make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'Share a mean'), ...cells));
}

function scaleOf(values: Float32Array): Scale {
  return { low: Math.min(...values), high: Math.max(...values) };
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
