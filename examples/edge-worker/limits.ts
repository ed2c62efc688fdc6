// What a request may ask for. An isolate has 128 MB for all requests that it is
// at work on: bodies wait in memory side by side, pictures are decoded one by one.

/** The most bytes of a body of tensors. */
export const MAX_TENSORS_BYTES: number = 4 * 2 ** 20;

/** The most bytes of a form: a photograph of a phone and a style, as they come. */
export const MAX_FORM_BYTES: number = 8 * 2 ** 20;

/**
 * The most pixels of a picture, counted before it is decoded.
 *
 * The codecs' memories never shrink. When all five have had pictures of this size, of the worst
 * kind, they hold 98 MB: decoder and encoder of JPEG 19 and 23, of WebP 16 each, that of PNG 23.
 * A picture takes 4 MB beside them.
 */
export const MAX_PIXELS: number = 2 ** 20;

/** The most channels of a group that shares its statistics, which take 188 bytes each. */
export const MAX_GROUP_CHANNELS: number = 2 ** 16;
