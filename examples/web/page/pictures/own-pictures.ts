// The user's own pictures, kept in the browser's storage: a reload finds them again. Where the
// browser keeps nothing, they last as long as the page.

import type { PictureFile } from './picture-file.ts';

/** A picture of the user's, and a small one to choose it by. */
export interface OwnPicture {
  readonly id: number;
  readonly name: string;
  readonly blob: Blob;
  readonly thumbnail: Blob;
}

const DATABASE = 'wasm-norm page';
const STORE = 'pictures';

/** How many are kept; the oldest goes first. */
const MOST = 6;

/** The pictures of the user's that are at hand, the newest first. */
export class OwnPictures {
  readonly #database: IDBDatabase | null;
  #pictures: readonly OwnPicture[];

  private constructor(database: IDBDatabase | null, pictures: readonly OwnPicture[]) {
    this.#database = database;
    this.#pictures = pictures;
  }

  static async open(): Promise<OwnPictures> {
    try {
      const database = await openDatabase();
      const all: OwnPicture[] = await done(database.transaction(STORE).objectStore(STORE).getAll());
      return new OwnPictures(database, all.toReversed());
    } catch {
      return new OwnPictures(null, []);
    }
  }

  get all(): readonly OwnPicture[] {
    return this.#pictures;
  }

  /** Returns the picture of a key, as a file. */
  find(key: string): PictureFile | null {
    const own = this.#pictures.find(({ id }) => keyOf(id) === key);
    return own ? { key, name: own.name, blob: own.blob } : null;
  }

  /** Keeps a picture, and returns its key. One that is kept already keeps its key. */
  async add(name: string, blob: Blob, thumbnail: Blob): Promise<string> {
    const same = this.#pictures.find((own) => own.name === name && own.blob.size === blob.size);
    if (same && (await areEqual(same.blob, blob))) return keyOf(same.id);
    const id = 1 + Math.max(0, ...this.#pictures.map((own) => own.id));
    const own = { id, name, blob, thumbnail };
    const dropped = this.#pictures.slice(MOST - 1);
    this.#pictures = [own, ...this.#pictures.slice(0, MOST - 1)];
    await this.#write((store) => {
      for (const old of dropped) store.delete(old.id);
      store.put(own);
    });
    return keyOf(id);
  }

  /** Forgets all of them, here and in the browser's storage. */
  async clear(): Promise<void> {
    this.#pictures = [];
    await this.#write((store) => store.clear());
  }

  /** Writes as far as the browser lets it: its storage may be full. */
  async #write(change: (store: IDBObjectStore) => void): Promise<void> {
    if (!this.#database) return;
    try {
      const transaction = this.#database.transaction(STORE, 'readwrite');
      change(transaction.objectStore(STORE));
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
    } catch (error) {
      console.info('A picture is not kept for a reload:', error);
    }
  }
}

export function keyOf(id: number): string {
  return `own-${id}`;
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' });
  return done(request);
}

function done<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function areEqual(one: Blob, other: Blob): Promise<boolean> {
  const [a, b] = await Promise.all([one.arrayBuffer(), other.arrayBuffer()]);
  const bytes = new Uint8Array(b);
  return new Uint8Array(a).every((byte, at) => byte === bytes[at]);
}
