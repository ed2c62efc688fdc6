import { makeSvg } from '../shared/element.ts';
import type { Analysis } from './analysis.ts';
import { SIZE } from './batch.ts';
import { hueOf } from './grid.ts';

/** The batch as it lies in memory: one value after the other. */
export class MemoryStrip {
  readonly #bars: readonly SVGRectElement[];
  readonly #picture: SVGSVGElement;

  constructor(host: HTMLElement) {
    this.#bars = Array.from({ length: SIZE }, (_, i) =>
      makeSvg('rect', { x: i, y: 0, width: 0.8, height: 1 }),
    );
    this.#picture = makeSvg(
      'svg',
      { viewBox: `0 0 ${SIZE} 1`, preserveAspectRatio: 'none', role: 'img' },
      ...this.#bars,
    );
    host.append(this.#picture);
  }

  draw({ setOf }: Analysis): void {
    for (const [i, bar] of this.#bars.entries()) {
      bar.style.setProperty('--hue', String(hueOf(setOf[i] as number)));
    }
  }

  /** Marks the values of one set. */
  choose({ setOf, sets }: Analysis, set: number): void {
    for (const [i, bar] of this.#bars.entries()) bar.classList.toggle('shared', setOf[i] === set);
    const { name, members } = sets[set] as Analysis['sets'][number];
    this.#picture.ariaLabel = `${name}: ${members.length} of ${SIZE} values, in ${countRuns(members)}`;
  }
}

/** How often a set is interrupted in memory: in 1 run, in 12 runs. */
function countRuns(members: readonly number[]): string {
  const runs = members.filter((member, i) => member !== (members[i - 1] ?? Number.NaN) + 1).length;
  return runs === 1 ? '1 run' : `${runs} runs`;
}
