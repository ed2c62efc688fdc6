import type { ImageLike } from 'wasm-norm';
import { mixPixels } from '../../paint/network/picture.ts';
import { paint } from '../../paint/paint.ts';
import { loadCodecs } from '../pictures/sharp.ts';
import { loadNetwork } from './load-network.ts';
import { type PaintingOptions, paintOnThreads } from './paint-on-threads.ts';

/** How photographs are painted. */
export interface PaintPictureOptions extends Omit<PaintingOptions, 'memory'> {
  /** How many times smaller the picture is that the network sees: its strokes come out larger. */
  readonly stroke: number;
}

/** Bytes of layers that are kept in memory. */
const MEMORY = 2 ** 29;

/** Pixels above which layers are shared out to threads, or kept in files. */
const MOST_ON_ONE = 2 ** 18;

/** Paints a photograph, in its size and with its alpha. */
export async function paintPicture(
  photograph: ImageLike,
  { stroke, ...options }: PaintPictureOptions,
): Promise<ImageLike> {
  if (stroke === 1) return paintAsItIs(photograph, options);
  const { width, height } = photograph;
  const small = await resize(
    photograph,
    Math.max(1, Math.round(width / stroke)),
    Math.max(1, Math.round(height / stroke)),
  );
  const painted = await paintAsItIs(small, { ...options, strength: 1 });
  const { data } = await resize(painted, width, height);
  mixPixels(data, photograph.data, options.strength);
  return { data, width, height };
}

async function paintAsItIs(
  photograph: ImageLike,
  options: Omit<PaintingOptions, 'memory'>,
): Promise<ImageLike> {
  if (photograph.width * photograph.height > MOST_ON_ONE) {
    return paintOnThreads(photograph, { ...options, memory: MEMORY });
  }
  const { style, strength } = options;
  return paint(await loadNetwork(), photograph, { style: Float32Array.from(style), strength });
}

/** Resizes the colours of a picture. */
async function resize({ data, width, height }: ImageLike, toWidth: number, toHeight: number) {
  const codecs = await loadCodecs();
  const resized = await codecs(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .resize(toWidth, toHeight, { fit: 'fill' })
    .ensureAlpha()
    .raw()
    .toBuffer();
  return { data: new Uint8ClampedArray(resized), width: toWidth, height: toHeight };
}
