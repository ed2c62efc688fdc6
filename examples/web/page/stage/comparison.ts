import { byId } from '../shared/element.ts';
import { listenForGestures, type StageActions } from './gestures.ts';
import { Layer } from './layer.ts';
import {
  fit,
  type Point,
  pan,
  type Region,
  type Size,
  type View,
  visibleRegion,
  WHOLE,
  zoom,
} from './view.ts';

/** How far from the divider a pointer still takes hold of it, in pixels. */
const REACH = 22;

/** How much is drawn beyond each edge of the stage, so that there is something to pan to. */
const MARGIN = 0.25;

/** How much a button zooms. */
const STEP = 1.5;

/** A part of a picture that is wanted, and the most pixels that the screen has for it. */
export interface Wanted {
  readonly region: Region;
  readonly pixels: number;
}

/** The picture before and after, a divider between them, and what part is shown how large. */
export class Comparison implements StageActions {
  readonly #stage = byId('stage', HTMLElement);
  readonly #before = new Layer('before');
  readonly #after = new Layer('after');
  readonly #divider = byId('divider', HTMLInputElement);
  readonly #onView: () => void;
  #picture: Size = { width: 3, height: 2 };
  #size: Size = { width: 3, height: 2 };
  #view: View = fit(this.#picture, this.#size);
  #isFitting = true;
  #isOpen = false;
  #busy = 0;

  /** @param onView is told that another part is shown, or the same larger */
  constructor(onView: () => void) {
    this.#onView = onView;
    this.#divider.addEventListener('input', () => this.#divide());
    this.#divide();
    this.#measure();
    new ResizeObserver(() => {
      this.#measure();
      if (this.#isOpen) this.#look(this.#isFitting ? fit(this.#picture, this.#size) : this.#view);
    }).observe(this.#stage);
    listenForGestures(this.#stage, this);
    const on = (id: string, act: () => void) =>
      byId(id, HTMLButtonElement).addEventListener('click', act);
    on('zoom-in', () => this.zoom(STEP, this.middle));
    on('zoom-out', () => this.zoom(1 / STEP, this.middle));
    on('zoom-fit', () => this.fit());
    on('zoom-100', () => this.showPixels());
  }

  /** What is to be drawn now. */
  get wanted(): Wanted {
    const whole = this.#isFitting;
    const region = whole ? WHOLE : visibleRegion(this.#view, this.#picture, this.#size, MARGIN);
    const scale = (this.#view.scale * devicePixelRatio) ** 2;
    const { width, height } = this.#picture;
    return { region, pixels: Math.ceil(region.width * width * region.height * height * scale) };
  }

  /** The most pixels that the stage has for a whole picture. */
  get pixels(): number {
    return Math.ceil(this.#size.width * this.#size.height * devicePixelRatio ** 2);
  }

  /** Shows another picture as a whole; it is its own result until there is one. */
  async open(bitmap: ImageBitmap, picture: Size): Promise<void> {
    const copy = await createImageBitmap(bitmap);
    this.#picture = picture;
    this.#isOpen = true;
    this.#before.show(bitmap, WHOLE);
    this.#after.show(copy, WHOLE);
    this.fit();
  }

  showBefore(bitmap: ImageBitmap, region: Region): void {
    this.#before.show(bitmap, region);
    this.#place();
  }

  showAfter(bitmap: ImageBitmap, region: Region): void {
    this.#after.show(bitmap, region);
    this.#place();
  }

  /** How much is being worked on. */
  get busy(): number {
    return this.#busy;
  }

  set busy(busy: number) {
    this.#busy = busy;
    this.#stage.classList.toggle('busy', busy > 0);
  }

  /** Whether something has just changed that is yet to be worked on. */
  set isChanging(isChanging: boolean) {
    this.#stage.classList.toggle('changing', isChanging);
  }

  get middle(): Point {
    return { x: this.#size.width / 2, y: this.#size.height / 2 };
  }

  isDivider(at: Point): boolean {
    const divider = (Number(this.#divider.value) / 100) * this.#size.width;
    return this.#isFitting || Math.abs(at.x - divider) <= REACH;
  }

  divide({ x }: Point): void {
    this.#divider.value = String((x / this.#size.width) * 100);
    this.#divide();
  }

  pan(by: Point): void {
    this.#look(pan(this.#view, by, this.#picture, this.#size));
  }

  zoom(factor: number, at: Point): void {
    this.#zoomTo(this.#view.scale * factor, at);
  }

  toggle(at: Point): void {
    const { scale } = this.#view;
    if (this.#isFitting) this.#zoomTo(Math.max(this.#hundred, 2 * scale), at);
    else this.fit();
  }

  fit(): void {
    this.#isFitting = true;
    this.#look(fit(this.#picture, this.#size));
  }

  showPixels(): void {
    this.#zoomTo(this.#hundred, this.middle);
  }

  /** The scale at which a pixel of the picture is one of the screen. */
  get #hundred(): number {
    return 1 / devicePixelRatio;
  }

  #zoomTo(scale: number, at: Point): void {
    const view = zoom(this.#view, scale, at, this.#picture, this.#size, this.#hundred);
    const fitting = fit(this.#picture, this.#size).scale;
    this.#isFitting = Math.abs(view.scale / fitting - 1) < 1e-3;
    this.#look(view);
  }

  #look(view: View): void {
    this.#view = view;
    this.#stage.classList.toggle('zoomed', !this.#isFitting);
    const percent = Math.round((view.scale / this.#hundred) * 100);
    byId('zoom', HTMLElement).textContent = `${percent} %`;
    byId('zoom-fit', HTMLElement).ariaPressed = String(this.#isFitting);
    byId('zoom-100', HTMLElement).ariaPressed = String(percent === 100);
    this.#place();
    this.#onView();
  }

  #place(): void {
    this.#before.place(this.#view, this.#picture, this.#size);
    this.#after.place(this.#view, this.#picture, this.#size);
  }

  #measure(): void {
    const { clientWidth: width, clientHeight: height } = this.#stage;
    this.#size = { width, height };
  }

  #divide(): void {
    const { value } = this.#divider;
    this.#stage.style.setProperty('--divider', `${value}%`);
    this.#divider.ariaValueText = `${Math.round(Number(value))} % before`;
  }
}
