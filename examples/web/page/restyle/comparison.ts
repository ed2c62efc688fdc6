import { byId } from '../element.ts';

/** The picture before and after, and a divider between them. */
export class Comparison {
  readonly #frame = byId('frame', HTMLElement);
  readonly #before = new Layer('before');
  readonly #after = new Layer('after');
  readonly #divider = byId('divider', HTMLInputElement);
  #busy = 0;

  constructor() {
    this.#divider.addEventListener('input', () => this.#divide());
    this.#divide();
  }

  /** How many pixels the screen has for a picture. */
  get pixels(): number {
    const { width, height } = byId('stage', HTMLElement).getBoundingClientRect();
    return Math.round(width * height * devicePixelRatio ** 2);
  }

  /** Shows another picture; it is its own result until there is one. */
  async open(bitmap: ImageBitmap): Promise<void> {
    const copy = await createImageBitmap(bitmap);
    this.#frame.style.setProperty('--aspect', String(bitmap.width / bitmap.height));
    this.#before.show(bitmap);
    this.#after.show(copy);
  }

  show(result: ImageBitmap): void {
    this.#after.show(result);
  }

  /** How much is being worked on. */
  get busy(): number {
    return this.#busy;
  }

  set busy(busy: number) {
    this.#busy = busy;
    this.#frame.classList.toggle('busy', busy > 0);
  }

  #divide(): void {
    const { value } = this.#divider;
    this.#frame.style.setProperty('--divider', `${value}%`);
    this.#divider.ariaValueText = `${Math.round(Number(value))} % before`;
  }
}

/** A canvas that takes bitmaps as they are, without a copy on the page's thread. */
class Layer {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: ImageBitmapRenderingContext;

  constructor(id: string) {
    this.#canvas = byId(id, HTMLCanvasElement);
    this.#context = this.#canvas.getContext('bitmaprenderer') as ImageBitmapRenderingContext;
  }

  show(bitmap: ImageBitmap): void {
    this.#canvas.width = bitmap.width;
    this.#canvas.height = bitmap.height;
    this.#context.transferFromImageBitmap(bitmap);
  }
}
