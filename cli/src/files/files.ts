/** A file that was found. */
export interface FoundFile {
  /** Where it lies: the path that was given, or below that. */
  readonly path: string;
  /** Its path from the folder that was given, or its name. */
  readonly below: string;
  /** The folder that was given; null for a file. */
  readonly folder: string | null;
  /** In bytes. */
  readonly size: number;
  /** When it was changed, in milliseconds of the epoch; of an object its ETag. */
  readonly changed: number | string;
}

/** What was passed over, and why. */
export interface Skipped {
  readonly file: string;
  readonly reason: string;
}

/** Files, in an order that depends on names alone. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  readonly skipped: readonly Skipped[];
}

/** What is looked for. */
export interface Wanted {
  /** Says whether a file of a folder is wanted, by its name. */
  readonly isWanted: (name: string) => boolean;
  /** A path that is passed over; null for none. */
  readonly without: string | null;
}

/** The files of this machine, or the objects of a store. */
export interface Files {
  /**
   * Finds a file, or those in a folder and the folders below.
   *
   * @throws Refusal where there is neither, or a folder can't be read.
   */
  find(path: string, wanted: Wanted): Promise<FoundFiles>;
  /** Tells what lies at a path; null where nothing does. */
  kindAt(path: string): Promise<'file' | 'folder' | null>;
  /** Returns what a file has in common with itself by other paths; null where there is none. */
  identityOf(path: string): Promise<string | null>;
  /**
   * Reads a file.
   *
   * @throws Error that says in one line, without the path, why it can't be read; Refusal where the
   *   reason is not of this file.
   */
  read(path: string): Promise<Uint8Array>;
  /**
   * Writes a file whole or not at all.
   *
   * @throws Refusal where it can't be written.
   */
  write(path: string, content: Uint8Array | string): Promise<void>;
  /**
   * Tells before the work whether a file can be written after it.
   *
   * @throws Refusal as `write` does.
   */
  checkWritable(path: string): Promise<void>;
  /** @throws Refusal where there is no such folder and it can't be made. */
  makeFolder(path: string): Promise<void>;
  /** Removes from a folder what a killed `write` of these names has left there. */
  removeLeftovers(folder: string, names: ReadonlySet<string>): Promise<void>;
}
