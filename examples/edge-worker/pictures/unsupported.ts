/** A whole picture of a kind that the codecs don't decode. */
export class Unsupported extends Error {}
