import type { Layout } from 'wasm-norm';
import { readAddress, writeAddress } from '../shared/address.ts';
import { CodeBlock } from '../shared/code-block.ts';
import { byId, make } from '../shared/element.ts';
import { capitalize, spellNumber } from '../shared/spell.ts';
import { type Analysis, analyse, type Moments, type SharedSet } from './analysis.ts';
import { axesOf, indexOf, type Place, placeOf, shapeOf } from './batch.ts';
import { Grid, hueOf, type Scale } from './grid.ts';
import { drawHistogram } from './histogram.ts';
import { spellLayer } from './layer-code.ts';
import { MemoryStrip } from './memory-strip.ts';
import { namePlace } from './names.ts';
import { type Kind, type Norm, spellAxes } from './norm.ts';
import { spellShared, TEXTS } from './texts.ts';
import { batchOf } from './values.ts';

/** What a normalization divides by. */
interface Spread {
  readonly name: string;
  readonly of: (moments: Moments) => number;
}

const STD: Spread = { name: 'Std', of: ({ std }) => std };
const RMS: Spread = { name: 'RMS', of: ({ mean, std }) => Math.hypot(mean, std) };

/** What the colours of values and the histograms reach from and to, before and after alike. */
const SCALE: Scale = { low: -3, high: 3 };

/** The settings that the address holds, and what they are without it. */
const SETTINGS = { layer: 'instance', groups: '2', axes: '3', layout: 'nchw' } as const;

/** Shows which values of a batch share a mean in each normalization, and what comes of it. */
export class NormalizationSection {
  readonly #form = byId('norm-controls', HTMLFormElement);
  readonly #before = new Grid(byId('grid-before', HTMLElement), 'Values before', (place) =>
    this.#choose(place),
  );
  readonly #after = new Grid(byId('grid-after', HTMLElement), 'Values after', (place) =>
    this.#choose(place),
  );
  readonly #memory = new MemoryStrip(byId('memory', HTMLElement));
  readonly #code = new CodeBlock(byId('layer-code', HTMLElement), 'code of this layer');
  #batch: (place: Place) => number = () => 0;
  #chosen: Place = { n: 0, c: 0, h: 1, w: 1 };
  #analysis: Analysis = this.#analyse();
  #rows: readonly HTMLElement[] = [];

  constructor() {
    for (const [name, fallback] of Object.entries(SETTINGS)) {
      const value = readAddress(name) ?? fallback;
      const radios = this.#form.querySelectorAll<HTMLInputElement>(`input[name=${name}]`);
      for (const radio of radios) if (radio.value === value) radio.checked = true;
    }
    this.#form.addEventListener('change', () => {
      this.#writeAddress();
      this.#draw();
    });
    this.#draw();
  }

  /** Shows three pictures as a batch: the photograph, the colour source and the result. */
  show(pictures: readonly ImageData[]): void {
    this.#batch = batchOf(pictures);
    this.#draw();
  }

  #writeAddress(): void {
    const data = new FormData(this.#form);
    const values = Object.entries(SETTINGS).map(([name, fallback]) => {
      const value = String(data.get(name));
      return [name, value === fallback ? null : value];
    });
    writeAddress(Object.fromEntries(values));
  }

  #analyse(): Analysis {
    const data = new FormData(this.#form);
    const norm: Norm = {
      kind: data.get('layer') as Kind,
      layout: data.get('layout') as Layout,
      groups: Number(data.get('groups')),
      trailing: Number(data.get('axes')),
    };
    return analyse(norm, this.#batch);
  }

  #draw(): void {
    this.#analysis = this.#analyse();
    const { norm, code, before, after } = this.#analysis;
    byId('groups', HTMLFieldSetElement).hidden = norm.kind !== 'group';
    byId('trailing', HTMLFieldSetElement).hidden = norm.kind !== 'layer' && norm.kind !== 'rms';
    for (const radio of this.#form.querySelectorAll<HTMLInputElement>('[name=axes]')) {
      const axes = spellAxes(norm.layout, Number(radio.value));
      (radio.nextElementSibling as HTMLElement).textContent = axes;
    }
    const axes = axesOf(norm.layout).join(', ').toUpperCase();
    byId('layer-text', HTMLElement).textContent = TEXTS[norm.kind];
    byId('code', HTMLElement).textContent = `${code}.forward(x)`;
    byId('shape', HTMLElement).textContent = `x: ${axes} = ${shapeOf(norm.layout).join(', ')}`;
    const describe = (place: Place): string => this.#describe(place);
    this.#before.draw(this.#analysis, before, SCALE, describe);
    this.#after.draw(this.#analysis, after, SCALE, describe);
    this.#memory.draw(this.#analysis);
    this.#drawSets();
    this.#choose(this.#chosen);
    const { sets } = this.#analysis;
    byId('norm-status', HTMLElement).textContent =
      `${sets.length} sets of ${sets[0]?.members.length} values share ${spellShared(norm.kind)}.`;
  }

  #describe(place: Place): string {
    const { norm, before, after } = this.#analysis;
    const index = indexOf(place, norm.layout);
    return `${namePlace(place)}: ${spellNumber(before[index] as number, 3)} becomes ${spellNumber(after[index] as number, 3)}`;
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
    this.#code.show(spellLayer(this.#analysis, place));
    for (const [row, element] of this.#rows.entries()) {
      element.classList.toggle('chosen', row === number);
    }
  }

  #drawChosen(set: SharedSet, number: number): void {
    const { before, after, norm } = this.#analysis;
    byId('normalization', HTMLElement).style.setProperty('--chosen-hue', String(hueOf(number)));
    byId('chosen-value', HTMLElement).textContent = capitalize(this.#describe(this.#chosen));
    byId('chosen-text', HTMLElement).textContent =
      `It shares ${spellShared(norm.kind)} with ${set.members.length - 1} other values: ${set.name}.`;
    const pick = (values: Float32Array): number[] =>
      set.members.map((member) => values[member] as number);
    byId('histograms', HTMLElement).replaceChildren(
      drawHistogram('Before', [...before], pick(before), SCALE),
      drawHistogram('After', [...after], pick(after), SCALE),
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
    const table = make(
      'table',
      {},
      makeHead(spread.name, spellShared(norm.kind)),
      make('tbody', {}, ...this.#rows),
    );
    byId('sets', HTMLElement).replaceChildren(table);
  }
}

function makeHead(spread: string, shared: string): HTMLElement {
  const headings = ['Mean', spread, 'Mean after', `${spread} after`];
  const cells = headings.map((heading) => make('th', { scope: 'col' }, heading));
  return make(
    'thead',
    {},
    make('tr', {}, make('th', { scope: 'col' }, `Share ${shared}`), ...cells),
  );
}
