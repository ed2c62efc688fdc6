// What a worker does: it holds a photograph and paints it, at the size that is asked for.

import { transfer } from 'comlink';
import { type Network, readNetwork } from '../../../../cli/paint/network/network.ts';
import { mixPixels } from '../../../../cli/paint/network/picture.ts';
import { mixStyles, type StyleWeights } from '../../../../cli/paint/network/styles.ts';
import { paintInSteps } from '../../../../cli/paint/paint.ts';
import { drawUpright, encode, type Format, resizing } from '../shared/bitmaps.ts';

/** What was painted, and how long it took. */
export interface Painted {
  readonly width: number;
  readonly height: number;
  readonly milliseconds: number;
}

/** Milliseconds after which a painting looks whether it is still wanted. */
const BREATH = 30;

/** Paints one photograph at a time. What is asked for later ends what is being painted. */
export class Painter {
  readonly #network: Promise<Network> = fetchNetwork();
  #photograph: ImageData | null = null;
  /** What was painted last, in full strength, and the photograph in its size. */
  #painting: { readonly photograph: ImageData; readonly data: Uint8ClampedArray } | null = null;
  #turn = 0;

  /** Returns the numbers of a mixture of styles. */
  async numbers(weights: StyleWeights): Promise<Float32Array> {
    return mixStyles(await this.#network, weights);
  }

  /** Takes a photograph in place of the one before. */
  async open(file: Blob): Promise<void> {
    this.cancel();
    const photograph = drawUpright(await createImageBitmap(file));
    this.#photograph = photograph;
    this.#painting = null;
  }

  /** Paints the middle of the photograph as a small square. */
  async thumbnail(style: string, side: number): Promise<ImageBitmap> {
    const network = await this.#network;
    const { width, height } = this.#held;
    const edge = Math.min(width, height);
    const [left, top] = [Math.floor((width - edge) / 2), Math.floor((height - edge) / 2)];
    const options = { resizeWidth: side, resizeHeight: side, resizeQuality: 'high' } as const;
    const square = await createImageBitmap(this.#held, left, top, edge, edge, options);
    const steps = paintInSteps(network, drawUpright(square), {
      style: mixStyles(network, { [style]: 1 }),
    });
    for (;;) {
      const step = steps.next();
      if (!step.done) continue;
      const bitmap = await createImageBitmap(
        new ImageData(step.value.data as ImageDataArray, side),
      );
      return transfer(bitmap, [bitmap]);
    }
  }

  /**
   * Paints the photograph in full strength.
   *
   * @param pixels the most that it may have
   * @param onProgress is told the share that is done
   * @returns null where it was cancelled, or something else was asked for meanwhile
   */
  async paint(
    weights: StyleWeights,
    pixels: number,
    onProgress: (share: number) => void,
  ): Promise<Painted | null> {
    const turn = ++this.#turn;
    const network = await this.#network;
    const { width, height } = this.#held;
    const reduced = await createImageBitmap(this.#held, resizing(width, height, pixels));
    const photograph = drawUpright(reduced);
    const start = performance.now();
    const steps = paintInSteps(network, photograph, { style: mixStyles(network, weights) });
    let last = start;
    for (;;) {
      if (turn !== this.#turn) return null;
      const step = steps.next();
      if (step.done) {
        this.#painting = { photograph, data: step.value.data };
        const milliseconds = performance.now() - start;
        return { width: photograph.width, height: photograph.height, milliseconds };
      }
      if (performance.now() - last < BREATH) continue;
      onProgress(step.value);
      await new Promise((resolve) => setTimeout(resolve));
      last = performance.now();
    }
  }

  /** Ends what is being painted. */
  cancel(): void {
    this.#turn++;
  }

  /** Shows what was painted last, mixed with the photograph. */
  async show(strength: number): Promise<ImageBitmap> {
    const bitmap = await createImageBitmap(this.#mix(strength));
    return transfer(bitmap, [bitmap]);
  }

  /** Encodes what was painted last, mixed with the photograph. */
  write(strength: number, format: Format): Promise<Blob> {
    return encode(this.#mix(strength), format);
  }

  get #held(): ImageData {
    if (!this.#photograph) throw new Error('paint: expected a photograph');
    return this.#photograph;
  }

  #mix(strength: number): ImageData {
    if (!this.#painting) throw new Error('paint: expected a painting');
    const { photograph, data } = this.#painting;
    const mixed = new Uint8ClampedArray(data);
    mixPixels(mixed, photograph.data, strength);
    return new ImageData(mixed, photograph.width, photograph.height);
  }
}

async function fetchNetwork(): Promise<Network> {
  const response = await fetch('style-network.safetensors');
  return readNetwork(await response.arrayBuffer());
}
