import { type Remote, wrap } from 'comlink';
import { Refusal } from '../../refusal.ts';
import { byId } from '../element.ts';
import { listenForPictures } from './arrivals.ts';
import { Chooser, fetchPhoto, type Photo } from './chooser.ts';
import { Comparison } from './comparison.ts';
import { announce, outdateStatistics, showSize, showStatistics, showTime } from './facts.ts';
import { Latest } from './latest.ts';
import { checkPicture, type PictureFile } from './picture-file.ts';
import { nameResult, save } from './saving.ts';
import type { Role, Settings, Studio, View } from './studio.ts';

const FIRST: Readonly<Record<Role, Photo>> = { content: 'rocket', style: 'coffee' };

// Milliseconds without a change after which the full picture is restyled: a few frames. Previews
// don't wait for it.
const REST = 50;

/** What was asked of the studios: `change` counts the pictures and settings. */
interface Request {
  readonly settings: Settings;
  readonly change: number;
}

/** Runs the first section of the page. */
export function startRestyling(): void {
  const section = new RestyleSection();
  void section.start();
}

class RestyleSection {
  // Two workers, so that a preview never waits for a full picture.
  readonly #preview = this.#hire();
  readonly #full = this.#hire();
  readonly #comparison = new Comparison();
  readonly #choosers: Readonly<Record<Role, Chooser>>;
  readonly #names: Record<Role, string> = { ...FIRST };
  readonly #strength = byId('strength', HTMLInputElement);
  readonly #download = byId('download', HTMLButtonElement);
  readonly #previews = new Latest<Request>((request) => this.#restylePreview(request));
  readonly #fulls = new Latest<Request>((request) => this.#restyleFull(request));
  #isReady = false;
  #change = 0;
  // Previews of changes before this one come too late.
  #earliest = 0;
  #rest = 0;

  constructor() {
    this.#choosers = {
      content: this.#makeChooser('content'),
      style: this.#makeChooser('style'),
    };
    this.#strength.addEventListener('input', () => this.#changeSettings());
    for (const radio of document.querySelectorAll('input[name=space]')) {
      radio.addEventListener('change', () => this.#changeSettings());
    }
    this.#download.addEventListener('click', () => void this.#save());
    listenForPictures((role, picture) => void this.#open(role, Promise.resolve(picture)));
  }

  async start(): Promise<void> {
    const roles = ['content', 'style'] as const;
    await Promise.all(roles.map((role) => this.#open(role, fetchPhoto(FIRST[role]))));
    this.#isReady = true;
    this.#download.disabled = false;
    this.#changeSettings();
  }

  #hire(): Remote<Studio> {
    const worker = new Worker('worker.js', { type: 'module' });
    worker.addEventListener('error', () => tellError('The restyling has stopped. Please reload.'));
    return wrap<Studio>(worker);
  }

  #makeChooser(role: Role): Chooser {
    const fieldset = byId(role, HTMLFieldSetElement);
    return new Chooser(fieldset, role, FIRST[role], (picture) => void this.#open(role, picture));
  }

  get #settings(): Settings {
    const space = document.querySelector<HTMLInputElement>('input[name=space]:checked')?.value;
    return {
      strength: this.#strength.valueAsNumber / 100,
      space: space === 'oklab' ? 'oklab' : 'rgb',
    };
  }

  /** Puts a picture in its role, or tells why not and leaves all as it was. */
  async #open(role: Role, coming: Promise<PictureFile>): Promise<void> {
    tellError('');
    this.#comparison.busy++;
    try {
      const picture = await coming;
      await checkPicture(picture);
      const opened = await this.#full
        .open(role, picture.blob, this.#comparison.pixels)
        .catch(() => {
          throw new Refusal(
            `${picture.name} is damaged, or of a kind that this browser can't open.`,
          );
        });
      if (!opened) return; // another came in its place
      const { bitmap, width, height, statistics, moments } = opened;
      await this.#preview.place(role, bitmap, moments);
      this.#names[role] = picture.name;
      showStatistics(role, statistics);
      this.#choosers[role].confirm(picture, bitmap);
      if (role === 'content') {
        await this.#comparison.open(bitmap);
        showSize(width, height);
      }
      this.#earliest = this.#change + 1;
      this.#changeSettings();
    } catch (error) {
      this.#choosers[role].revert();
      tellError(error instanceof Refusal ? error.message : `That did not work: ${error}`);
    } finally {
      this.#comparison.busy--;
    }
  }

  /** Restyles a preview at once, and the full picture when the changes come to rest. */
  #changeSettings(): void {
    const percent = `${this.#strength.value} %`;
    byId('strength-percent', HTMLElement).textContent = percent;
    this.#strength.ariaValueText = percent;
    this.#strength.style.setProperty('--share', percent.replace(' ', ''));
    const request = { settings: this.#settings, change: ++this.#change };
    if (!this.#isReady) return;
    outdateStatistics();
    this.#previews.ask(request);
    clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => this.#fulls.ask(request), REST);
  }

  async #restylePreview({ settings, change }: Request): Promise<void> {
    try {
      const view = await this.#preview.restyle(settings, Number.POSITIVE_INFINITY);
      if (change >= this.#earliest) this.#show(view, 'a preview');
    } catch (error) {
      tellError(`The preview could not be restyled: ${error}`);
    }
  }

  async #restyleFull({ settings, change }: Request): Promise<void> {
    this.#comparison.busy++;
    try {
      const view = await this.#full.restyle(settings, this.#comparison.pixels);
      if (change !== this.#change) return;
      this.#earliest = change + 1;
      this.#show(view, 'the full picture');
      announce(view);
      const statistics = await this.#full.statistics(settings);
      if (change === this.#change) showStatistics('result', statistics);
    } catch (error) {
      tellError(`The full picture could not be restyled: ${error}`);
    } finally {
      this.#comparison.busy--;
    }
  }

  #show(view: View, kind: string): void {
    this.#comparison.show(view.bitmap);
    showTime(view, kind);
  }

  async #save(): Promise<void> {
    // Not `disabled`, which would take the focus away.
    if (this.#download.ariaDisabled === 'true') return;
    const label = this.#download.textContent;
    this.#download.ariaDisabled = 'true';
    this.#download.textContent = 'Writing the PNG …';
    try {
      const png = await this.#full.png(this.#settings);
      save(png, nameResult(this.#names.content, this.#names.style));
    } catch (error) {
      tellError(`The picture could not be written: ${error}`);
    } finally {
      this.#download.ariaDisabled = null;
      this.#download.textContent = label;
    }
  }
}

function tellError(sentence: string): void {
  const error = byId('error', HTMLElement);
  error.textContent = sentence;
  if (sentence) error.scrollIntoView({ block: 'nearest' });
}
