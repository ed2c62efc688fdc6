/** Anything shaped like ImageData: rows of RGBA bytes, the top row first. */
export interface ImageLike {
  /** 4 * width * height bytes. */
  readonly data: Uint8ClampedArray | Uint8Array;
  /** In pixels, at least 1. */
  readonly width: number;
  /** In pixels, at least 1. */
  readonly height: number;
}

/** RGBA bytes, as `new ImageData(data, width, height)` takes them. */
export interface Image extends ImageLike {
  // A Uint8ClampedArray<ArrayBuffer>, which TypeScript before 5.7 can't say.
  /** 4 * width * height bytes. */
  readonly data: ReturnType<typeof Uint8ClampedArray.of>;
}
