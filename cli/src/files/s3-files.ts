import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  _Object,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import type { Files, FoundFile, FoundFiles, Skipped, Wanted } from './files.ts';
import { fullPlace, joinPlace, nameOf } from './places.ts';
import { Refusal } from './refusal.ts';
import { isDenied, isOfAll, openS3, reasonOfS3 } from './s3-client.ts';

/** The objects of stores that speak S3. A folder is the beginning of keys, up to a `/`. */
export const s3Files: Files = {
  find,
  kindAt,
  identityOf: async (path) => fullPlace(path),
  read,
  write,
  checkWritable,
  // Keys need no folders, and an object is there whole or not at all.
  makeFolder: async () => {},
  removeLeftovers: async () => {},
};

interface Address {
  readonly bucket: string;
  /** Without a `/` at its end; empty for the bucket itself. */
  readonly key: string;
  /** Whether it is a folder by its spelling. */
  readonly isFolder: boolean;
}

/** @throws Refusal that does not quote what is no address: there may be a password in it. */
function readAddress(path: string): Address {
  const [, bucket, rest = ''] =
    /^s3:\/\/([A-Za-z0-9][\w.-]{1,61}[A-Za-z0-9])(?:\/(.*))?$/s.exec(path) ?? [];
  if (bucket === undefined)
    throw new Refusal('expected s3://BUCKET or s3://BUCKET/KEY, got another s3://');
  const isFolder = rest === '' || rest.endsWith('/');
  return { bucket, key: rest.endsWith('/') ? rest.slice(0, -1) : rest, isFolder };
}

async function find(path: string, wanted: Wanted): Promise<FoundFiles> {
  try {
    return await findObjects(path, wanted);
  } catch (error) {
    throw refusalOf(path, 'cannot be read', error);
  }
}

async function findObjects(path: string, { isWanted, without }: Wanted): Promise<FoundFiles> {
  const { bucket, key, isFolder } = readAddress(path);
  if (!isFolder) {
    const object = await objectAt(bucket, key);
    if (object) {
      const below = nameOf(path);
      return { files: [foundAt(object, { path, below, folder: null })], skipped: [] };
    }
  }
  const start = key === '' ? '' : `${key}/`;
  const left = without === null ? null : fullPlace(without);
  const files: FoundFile[] = [];
  const skipped: Skipped[] = [];
  let isEmpty = true;
  for await (const object of objectsBelow(bucket, start)) {
    isEmpty = false;
    const { Key = '' } = object;
    const below = Key.slice(start.length);
    const place = joinPlace(path, below);
    if (left !== null && (place === left || place.startsWith(`${left}/`))) continue;
    if (!isWanted(below.slice(below.lastIndexOf('/') + 1))) continue;
    // As the path of a file such a key would lead elsewhere.
    if (below.split(/[\\/]/).some((name) => ['', '.', '..'].includes(name))) {
      skipped.push({ file: place, reason: 'its key is no path: a name in it is empty, . or ..' });
    } else {
      files.push(foundAt(object, { path: place, below, folder: path }));
    }
  }
  if (isEmpty) {
    const what = key === '' ? 'the bucket is empty' : 'there is no such object, and none below it';
    throw new Refusal(`${path}: cannot be read: ${what}`);
  }
  return { files: sortAsFolders(files), skipped };
}

function foundAt(
  { Size = 0, ETag = '' }: _Object,
  where: Pick<FoundFile, 'path' | 'below' | 'folder'>,
): FoundFile {
  return { ...where, size: Size, changed: ETag };
}

/** Sorts as a walk through folders would, each sorted by the UTF-16 units of its names. */
function sortAsFolders(files: readonly FoundFile[]): readonly FoundFile[] {
  // The separator comes before whatever a name holds.
  return files
    .map((file) => ({ file, order: file.below.replaceAll('/', '\0') }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ file }) => file);
}

async function kindAt(path: string): Promise<'file' | 'folder' | null> {
  const { bucket, key, isFolder } = readAddress(path);
  if (key === '') return 'folder';
  try {
    if (!isFolder && (await objectAt(bucket, key))) return 'file';
    const { Contents: [first] = [] } = await list(bucket, { Prefix: `${key}/`, MaxKeys: 1 });
    return first ? 'folder' : null;
  } catch (error) {
    // Who may write is not always allowed to look.
    if (isDenied(error)) return null;
    throw refusalOf(path, 'cannot be read', error);
  }
}

/** Returns the object of a key; null where there is none. */
async function objectAt(bucket: string, key: string): Promise<_Object | null> {
  // It would be the first; and unlike a question for it alone, a list that is refused says why.
  const { Contents: [first] = [] } = await list(bucket, { Prefix: key, MaxKeys: 1 });
  return first?.Key === key ? first : null;
}

/** Gives all objects whose keys begin so: a store lists 1,000 at once. */
async function* objectsBelow(bucket: string, start: string): AsyncGenerator<_Object, void> {
  let next: string | undefined;
  do {
    const page = await list(bucket, {
      Prefix: start,
      ...(next !== undefined && { ContinuationToken: next }),
    });
    yield* page.Contents ?? [];
    next = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (next !== undefined);
}

async function list(
  bucket: string,
  request: Omit<ListObjectsV2CommandInput, 'Bucket'>,
): Promise<ListObjectsV2CommandOutput> {
  const { sdk, client } = await openS3();
  return client.send(new sdk.ListObjectsV2Command({ Bucket: bucket, ...request }));
}

/** How often an object is read whose bytes break off. */
const TRIES = 4;

/** Bytes: the most that a file of this machine may have too. */
const LONGEST = 2 ** 31 - 1;

async function read(path: string): Promise<Uint8Array> {
  const { bucket, key, isFolder } = readAddress(path);
  if (isFolder) throw new Error('a folder, not a file');
  const { sdk, client } = await openS3();
  for (let attempt = 1; ; attempt++) {
    try {
      const request = new sdk.GetObjectCommand({ Bucket: bucket, Key: key });
      const { Body, ContentLength } = await client.send(request);
      return await bytesOf(Body as Readable, ContentLength);
    } catch (error) {
      if (isOfAll(error)) throw refusalOf(path, 'cannot be read', error);
      if (!(error instanceof BrokenOff)) throw new Error(`cannot be read: ${reasonOfS3(error)}`);
      if (attempt === TRIES) throw new Error(`cannot be read: ${error.message}, ${TRIES} times`);
      await pause(100 * 2 ** attempt * (0.5 + Math.random() / 2));
    }
  }
}

/** An answer without its end. */
class BrokenOff extends Error {}

async function bytesOf(body: Readable, length: number | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LONGEST) throw new RangeError(`it has more than ${LONGEST} bytes`);
    }
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new BrokenOff(`its bytes break off: ${reasonOfS3(error)}`);
  }
  if (length !== undefined && size < length) throw new BrokenOff('its bytes break off');
  return Buffer.concat(chunks, size);
}

const TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.jpe': 'image/jpeg',
  '.jfif': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

async function write(path: string, content: Uint8Array | string): Promise<void> {
  try {
    const { bucket, key, isFolder } = readAddress(path);
    if (isFolder) throw new Refusal(`${path}: cannot be written: it is a folder`);
    const { sdk, client } = await openS3();
    const ContentType = TYPES[extname(key).toLowerCase()] ?? 'application/octet-stream';
    await client.send(
      new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: content, ContentType }),
    );
  } catch (error) {
    throw refusalOf(path, 'cannot be written', error);
  }
}

const writable = new Set<string>();

/** A trial would need the right to delete what it has written: only the bucket is looked at. */
async function checkWritable(path: string): Promise<void> {
  const { bucket, key } = readAddress(path);
  if (writable.has(bucket)) return;
  try {
    await list(bucket, { Prefix: key, MaxKeys: 1 });
  } catch (error) {
    if (!isDenied(error)) throw refusalOf(path, 'cannot be written', error);
  }
  writable.add(bucket);
}

function refusalOf(path: string, what: string, error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal(`${path}: ${what}: ${reasonOfS3(error)}`);
}
