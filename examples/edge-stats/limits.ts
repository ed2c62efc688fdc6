/** The most bytes of a file. */
export const MAX_FILE_BYTES: number = 8 * 2 ** 20;

/**
 * The most pixels of a picture, counted before it is decoded. An isolate has 128 MB, and the three
 * decoders hold 58 of them after pictures of this size; of twice as many they would hold 116.
 */
export const MAX_PIXELS: number = 2 ** 20;

/**
 * Pictures of a shard, where nothing else is asked for. They take some 3 seconds of a processor,
 * and wrangler.json allows 120.
 */
export const SHARD = 100;

/** The most pictures of a shard. Keys have up to 1,024 bytes, a value of SQLite up to 2 MB. */
export const MAX_SHARD = 500;

/** The most names of a kind that a result lists. It has their number too. */
export const MAX_LISTED = 1000;
