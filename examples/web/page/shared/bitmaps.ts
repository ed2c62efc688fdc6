// Pictures between bitmaps, pixels and files.

/** The formats in which results are written. */
export type Format = 'image/png' | 'image/jpeg';

/** The quality of JPEG, as canvases count it: beyond it files grow fast. */
const QUALITY = 0.92;

/**
 * Returns the pixels of a bitmap, which is gone then. Drawn, it is upright as EXIF says; the bitmap
 * itself is not where it is transferred to a canvas.
 */
export function drawUpright(bitmap: ImageBitmap): ImageData {
  const { width, height } = bitmap;
  const context = makeContext(width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}

/** Encodes pixels as a file. */
export function encode(picture: ImageData, format: Format): Promise<Blob> {
  const context = makeContext(picture.width, picture.height);
  context.putImageData(picture, 0, 0);
  return context.canvas.convertToBlob({ type: format, quality: QUALITY });
}

/** Sizes a bitmap so that it has no more than so many pixels. */
export function resizing(width: number, height: number, pixels: number): ImageBitmapOptions {
  const scale = Math.sqrt(pixels / (width * height));
  if (scale >= 1) return {};
  return {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
    resizeQuality: 'high',
  };
}

function makeContext(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const canvas = new OffscreenCanvas(width, height);
  // Kept in the processor's memory, where the pixels are wanted.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(`expected a canvas of ${width} x ${height} pixels, got none`);
  return context;
}
