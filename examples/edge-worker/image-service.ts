// Cloudflare Images, as a worker is bound to it: it reads what the codecs here can't, and large
// pictures without the worker's memory.

import { HttpRefusal } from './http-refusal.ts';
import { MAX_PIXELS } from './limits.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** What the service is asked of the binding. */
export interface ImageService {
  info(file: ReadableStream<Bytes>): Promise<{ readonly width?: number; readonly height?: number }>;
  input(file: ReadableStream<Bytes>): Transformation;
}

interface Transformation {
  transform(options: { readonly width: number; readonly fit: 'scale-down' }): Transformation;
  output(options: { readonly format: 'image/png' }): Promise<{ image(): ReadableStream<Bytes> }>;
}

/**
 * Makes a PNG of a picture, upright, in sRGB, of at most MAX_PIXELS.
 *
 * @param size its size where that is known, else the service is asked for it
 * @throws HttpRefusal with the service's words where it does not take the picture.
 */
export async function convert(
  images: ImageService,
  file: Bytes,
  field: string,
  size?: { readonly width: number; readonly height: number },
): Promise<Bytes> {
  const stream = () => new Blob([file]).stream() as ReadableStream<Bytes>;
  try {
    const { width, height } = size ?? (await images.info(stream()));
    if (width === undefined || height === undefined) throw new Error('no size, as of drawings');
    // Only one of both, so that the proportions stay whatever the service makes of `fit`.
    const options = { width: widthOf(width, height), fit: 'scale-down' } as const;
    const output = await images.input(stream()).transform(options).output({ format: 'image/png' });
    return new Uint8Array(await new Response(output.image()).arrayBuffer());
  } catch (error) {
    const [reason] = String((error as Error).message).split('\n');
    throw new HttpRefusal(400, `${field}: the image service does not take it: ${reason}`, {
      field,
    });
  }
}

/** Finds the width at which a picture fits, its height rounded up to a whole line. */
function widthOf(width: number, height: number): number {
  if (width * height <= MAX_PIXELS) return width;
  const ratio = height / width;
  const most = (Math.sqrt(1 + 4 * MAX_PIXELS * ratio) - 1) / (2 * ratio);
  return Math.max(1, Math.floor(most));
}
