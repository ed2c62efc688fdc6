// The third way to change a photograph, loaded when it is chosen: a small network paints it, and a
// style is nothing but the weights and biases of its instance normalizations.

import { proxy, type Remote, wrap } from 'comlink';
import type { StyleWeights } from '../../../../cli/paint/network/styles.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import type { Format } from '../shared/bitmaps.ts';
import { make } from '../shared/element.ts';
import { spellPixels, spellSeconds } from '../shared/spell.ts';
import { makeCredits } from './credits.ts';
import { Mixture, THUMBNAIL } from './mixture.ts';
import type { Painted, Painter } from './painter.ts';
import { StyleStrip } from './style-strip.ts';

/** Where what is painted is shown. */
export interface Easel {
  show(bitmap: ImageBitmap, text: string): void;
  tell(sentence: string): void;
  /** The mixture has changed; `styles` is how the address says it. */
  onMixture(styles: string | null): void;
}

/** A photograph to paint. */
export interface Sitter {
  readonly file: PictureFile;
  readonly width: number;
  readonly height: number;
}

/** Pixels of the first preview, and of the one after it. */
const PREVIEWS = [256 ** 2, 512 ** 2];

/** Paints the photograph as the user mixes styles. */
export class Painting {
  readonly #easel: Easel;
  readonly #painter: Remote<Painter>;
  readonly #mixture = new Mixture(() => void this.#repaint());
  readonly #strip = new StyleStrip();
  readonly #all = make('button', { type: 'button', className: 'secondary' });
  readonly #progress = make('progress', { max: 1 });
  readonly #cancel = make('button', { type: 'button', className: 'secondary' }, 'Cancel');
  #sitter: Sitter | null = null;
  #strength = 1;
  #turn = 0;
  #painted: Painted | null = null;

  constructor(host: HTMLElement, easel: Easel) {
    this.#easel = easel;
    const worker = new Worker('painter.js', { type: 'module' });
    worker.addEventListener('error', () => easel.tell('The painting has stopped. Please reload.'));
    this.#painter = wrap<Painter>(worker);
    this.#progress.ariaLabel = 'How much is painted';
    this.#all.addEventListener('click', () => void this.#paintAll());
    this.#cancel.addEventListener('click', () => this.stop());
    const whole = make(
      'div',
      { className: 'painting-all' },
      this.#all,
      this.#progress,
      this.#cancel,
    );
    const credits = makeCredits();
    host.replaceChildren(this.#mixture.element, whole, this.#strip.element, credits);
    this.#showProgress(null);
  }

  /** Paints a photograph, or shows what is painted of it with another strength. */
  async paint(sitter: Sitter, strength: number): Promise<void> {
    this.#strength = strength;
    if (this.#sitter?.file === sitter.file) return this.#painted ? this.#show() : this.#repaint();
    this.#sitter = sitter;
    this.#painted = null;
    const turn = ++this.#turn;
    this.#showProgress(null);
    await this.#painter.open(sitter.file.blob);
    if (turn !== this.#turn) return;
    await this.#repaint();
    await this.#drawThumbnails(sitter);
  }

  /** Ends what is being painted. */
  stop(): void {
    this.#turn++;
    void this.#painter.cancel();
    this.#showProgress(null);
  }

  /** Paints all of the photograph, unless it is painted, and writes it; null where it was cancelled. */
  async write(format: Format): Promise<Blob | null> {
    if (!this.#isWhole && !(await this.#paintAll())) return null;
    return this.#painter.write(this.#strength, format);
  }

  get #isWhole(): boolean {
    return this.#painted !== null && this.#painted.width === this.#sitter?.width;
  }

  #spellAll(): string {
    const { width, height } = this.#sitter ?? { width: 0, height: 0 };
    const all = `all ${spellPixels(width * height)}`;
    return this.#isWhole ? `Painted ${all}` : `Paint ${all}`;
  }

  async #drawThumbnails(sitter: Sitter): Promise<void> {
    for (const style of this.#mixture.styles) {
      const bitmap = await this.#painter.thumbnail(style, THUMBNAIL);
      if (this.#sitter !== sitter) return;
      this.#mixture.showThumbnail(style, bitmap);
    }
  }

  /** Paints a small preview, and a larger one. */
  async #repaint(): Promise<void> {
    const { weights } = this.#mixture;
    if (!weights || !this.#sitter) return;
    this.#easel.onMixture(this.#mixture.address);
    this.#showProgress(null);
    const turn = ++this.#turn;
    this.#strip.show(await this.#painter.numbers(weights));
    for (const pixels of PREVIEWS) {
      if (turn !== this.#turn || !(await this.#paintUpTo(weights, pixels))) return;
    }
  }

  /** Returns whether it was painted to the end. */
  async #paintAll(): Promise<boolean> {
    const { weights } = this.#mixture;
    if (!weights) return false;
    this.#turn++;
    this.#showProgress(0);
    const isDone = await this.#paintUpTo(weights, Number.POSITIVE_INFINITY);
    if (isDone) this.#showProgress(null);
    return isDone;
  }

  async #paintUpTo(weights: StyleWeights, pixels: number): Promise<boolean> {
    const onProgress = proxy((share: number) => {
      if (pixels === Number.POSITIVE_INFINITY && !this.#progress.hidden) this.#showProgress(share);
    });
    const painted = await this.#painter.paint(weights, pixels, onProgress);
    if (!painted) return false;
    this.#painted = painted;
    await this.#show();
    return true;
  }

  async #show(): Promise<void> {
    if (!this.#painted) return;
    const { width, height, milliseconds } = this.#painted;
    const bitmap = await this.#painter.show(this.#strength);
    const what = `${spellPixels(width * height)} in ${spellSeconds(milliseconds)}`;
    if (this.#progress.hidden) this.#showProgress(null);
    this.#easel.show(bitmap, this.#isWhole ? `Painted ${what}` : `Preview of ${what}`);
  }

  /** Shows the share that is painted; null where nothing is. Offers to paint all if that is not done. */
  #showProgress(share: number | null): void {
    const isIdle = share === null;
    this.#all.hidden = !isIdle;
    this.#all.disabled = this.#isWhole;
    this.#all.textContent = this.#spellAll();
    this.#progress.hidden = isIdle;
    this.#cancel.hidden = isIdle;
    if (!isIdle) this.#progress.value = share;
  }
}
