import { byId } from '../shared/element.ts';
import { placeRegion, type Region, type Size, type View, WHOLE } from './view.ts';

/** Pixels of the screen for one of the picture from which single ones are meant to be seen. */
const PIXELATED = 3;

/** A canvas that takes bitmaps as they are, without a copy on the page's thread. */
export class Layer {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: ImageBitmapRenderingContext;
  #region = WHOLE;

  constructor(id: string) {
    this.#canvas = byId(id, HTMLCanvasElement);
    this.#context = this.#canvas.getContext('bitmaprenderer') as ImageBitmapRenderingContext;
  }

  /** Takes a bitmap of a region of the picture. */
  show(bitmap: ImageBitmap, region: Region): void {
    this.#canvas.width = bitmap.width;
    this.#canvas.height = bitmap.height;
    this.#context.transferFromImageBitmap(bitmap);
    this.#region = region;
  }

  /** Puts the bitmap where its region lies. */
  place(view: View, picture: Size, stage: Size): void {
    const { x, y, width, height } = placeRegion(this.#region, view, picture, stage);
    const { style } = this.#canvas;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.transform = `translate(${x}px, ${y}px)`;
    const isLarge = view.scale * devicePixelRatio >= PIXELATED;
    style.imageRendering = isLarge ? 'pixelated' : 'auto';
  }
}
