/** A picture that was found. */
export interface FoundPicture {
  /** Where it lies: the path that was given, or below that. */
  readonly path: string;
  /** Its path from the folder that was given, or its name. */
  readonly below: string;
  /** The folder that was given; null for a file. */
  readonly folder: string | null;
  /** In bytes. */
  readonly size: number;
  /** When it was changed, in milliseconds of the epoch. */
  readonly changed: number;
}
