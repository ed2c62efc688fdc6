import { make } from '../shared/element.ts';
import type { Analysis } from './analysis.ts';
import { EXTENTS, indexOf, type Place } from './batch.ts';
import { CHANNELS, SHORT_SAMPLES } from './names.ts';

const ROWS = EXTENTS.n * EXTENTS.h;
const COLUMNS = EXTENTS.c * EXTENTS.w;

const STEPS: Readonly<Record<string, readonly [down: number, across: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-EXTENTS.h, 0],
  PageDown: [EXTENTS.h, 0],
  Home: [0, -COLUMNS],
  End: [0, COLUMNS],
};

/** What a grid's values are drawn on: from pale to deep. */
export interface Scale {
  readonly low: number;
  readonly high: number;
}

/** The values of a batch, samples below each other and channels beside each other. */
export class Grid {
  readonly #cells: readonly HTMLElement[][];

  /** @param onChoose is told of the place that is pointed at or walked to */
  constructor(host: HTMLElement, label: string, onChoose: (place: Place) => void) {
    this.#cells = Array.from({ length: ROWS }, () =>
      Array.from({ length: COLUMNS }, () => makeGridPart('gridcell')),
    );
    const grid = make('div', { role: 'grid', className: 'grid', ariaLabel: label });
    const block = `repeat(${EXTENTS.w}, minmax(0, 1fr))`;
    host.style.setProperty('--columns', new Array(EXTENTS.c).fill(block).join(' 6px '));
    for (const cells of this.#cells) {
      const row = makeGridPart('row');
      row.append(...cells);
      grid.append(row);
    }
    host.append(makeHead(), makeSide(), grid);
    this.#forEachCell((cell, place, down, across) => {
      cell.tabIndex = -1;
      cell.style.gridColumn = String(1 + across + place.c); // past a gap for each channel
      cell.parentElement?.classList.toggle('first-of-block', place.h === 0 && place.n > 0);
      cell.addEventListener('pointerenter', () => onChoose(place));
      cell.addEventListener('click', () => onChoose(place));
      cell.addEventListener('keydown', (event) => {
        const step = STEPS[event.key];
        if (!step) return;
        event.preventDefault();
        const row = this.#cells[clamp(down + step[0], ROWS)];
        const next = row?.[clamp(across + step[1], COLUMNS)];
        next?.focus();
        next?.click();
      });
    });
  }

  /** Draws values; `describe` says what a cell holds. */
  draw(
    { norm, setOf }: Analysis,
    values: Float32Array,
    { low, high }: Scale,
    describe: (place: Place) => string,
  ): void {
    this.#forEachCell((cell, place) => {
      const index = indexOf(place, norm.layout);
      const share = ((values[index] as number) - low) / (high - low);
      cell.style.setProperty('--value', Math.min(1, Math.max(0, share)).toFixed(3));
      cell.style.setProperty('--hue', String(hueOf(setOf[index] as number)));
      cell.ariaLabel = describe(place);
    });
  }

  /** Marks a value, and those that share its mean. */
  choose({ norm, setOf }: Analysis, chosen: Place): void {
    const index = indexOf(chosen, norm.layout);
    this.#forEachCell((cell, place) => {
      const at = indexOf(place, norm.layout);
      cell.classList.toggle('shared', setOf[at] === setOf[index]);
      cell.classList.toggle('chosen', at === index);
      cell.ariaSelected = String(at === index);
      cell.tabIndex = at === index ? 0 : -1;
    });
  }

  #forEachCell(
    visit: (cell: HTMLElement, place: Place, down: number, across: number) => void,
  ): void {
    for (const [down, cells] of this.#cells.entries()) {
      for (const [across, cell] of cells.entries()) {
        visit(cell, placeAt(down, across), down, across);
      }
    }
  }
}

/** The hue of a set, in degrees: golden angles apart, so that neighbours differ. */
export function hueOf(set: number): number {
  return Math.round((285 + set * 137.508) % 360);
}

function placeAt(down: number, across: number): Place {
  return {
    n: Math.floor(down / EXTENTS.h),
    h: down % EXTENTS.h,
    c: Math.floor(across / EXTENTS.w),
    w: across % EXTENTS.w,
  };
}

/** Names the channels above their columns; each cell's label has them for who can't see. */
function makeHead(): HTMLElement {
  const names = CHANNELS.map((name) => make('span', {}, name));
  const head = make('div', { className: 'grid-head' }, ...names);
  head.ariaHidden = 'true';
  return head;
}

/** Names the samples beside their rows. */
function makeSide(): HTMLElement {
  const names = SHORT_SAMPLES.map((name) => make('span', {}, name));
  const side = make('div', { className: 'grid-side' }, ...names);
  side.ariaHidden = 'true';
  return side;
}

function makeGridPart(role: 'row' | 'gridcell'): HTMLElement {
  return make('div', { role, className: role });
}

function clamp(position: number, count: number): number {
  return Math.min(count - 1, Math.max(0, position));
}
