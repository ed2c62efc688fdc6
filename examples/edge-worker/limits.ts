// What a request may ask for. An isolate has 128 MB for all requests that it is
// at work on: bodies wait in memory side by side, pictures are decoded one by one.

/** The most bytes of a body. */
export const MAX_BODY_BYTES: number = 4 * 2 ** 20;

/** The most pixels of a picture, counted before it is decoded. */
export const MAX_PIXELS: number = 640 * 480;

/** The most channels of a group that shares its statistics, which take 188 bytes each. */
export const MAX_GROUP_CHANNELS: number = 2 ** 16;
