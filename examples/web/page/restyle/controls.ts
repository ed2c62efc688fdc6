import { readAddress } from '../shared/address.ts';
import { SPACES, type Space } from './channels.ts';
import type { Settings } from './studio.ts';

const STRENGTH = 80;

/** The sliders and buttons that say how to restyle. Sliders of one meaning move as one. */
export class Controls {
  readonly #sliders = [...document.querySelectorAll<HTMLInputElement>('.strength')];
  readonly #spaces = [...document.querySelectorAll<HTMLInputElement>('input[name=space]')];

  constructor(onChange: () => void) {
    const percent = Number(readAddress('strength') ?? STRENGTH);
    this.#show(percent >= 0 && percent <= 100 ? percent : STRENGTH);
    const space = readAddress('space');
    for (const radio of this.#spaces) {
      radio.checked = radio.value === (space ?? SPACES[0]);
      radio.addEventListener('change', onChange);
    }
    if (!this.#spaces.some(({ checked }) => checked))
      (this.#spaces[0] as HTMLInputElement).checked = true;
    for (const slider of this.#sliders) {
      slider.addEventListener('input', () => {
        this.#show(slider.valueAsNumber);
        onChange();
      });
    }
  }

  get settings(): Settings {
    const percent = this.#sliders[0]?.valueAsNumber ?? STRENGTH;
    const chosen = this.#spaces.find(({ checked }) => checked)?.value;
    const space: Space = chosen === 'oklab' ? 'oklab' : 'rgb';
    return { strength: percent / 100, space };
  }

  /** Whether the photograph is to be painted, not matched. */
  get isPainted(): boolean {
    return this.#spaces.find(({ checked }) => checked)?.value === 'painted';
  }

  /** The settings as the address says them. */
  get address(): Record<string, string | null> {
    const { strength } = this.settings;
    const space = this.isPainted ? 'painted' : this.settings.space;
    const percent = Math.round(100 * strength);
    return {
      strength: percent === STRENGTH ? null : String(percent),
      space: space === SPACES[0] ? null : space,
    };
  }

  #show(percent: number): void {
    const text = `${percent} %`;
    for (const slider of this.#sliders) {
      slider.value = String(percent);
      slider.ariaValueText = text;
      slider.style.setProperty('--share', `${percent}%`);
    }
    for (const output of document.querySelectorAll('.strength-percent')) output.textContent = text;
  }
}
