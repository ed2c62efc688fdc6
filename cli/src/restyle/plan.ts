import { extname } from 'node:path';
import type { FoundFile, Skipped } from '../files/files.ts';
import { filesAt } from '../files/files-at.ts';
import { folderOf, fullPlace, joinPlace, nameOf } from '../files/places.ts';
import { Refusal } from '../files/refusal.ts';
import { findPictures } from '../pictures/find-pictures.ts';
import { formatOf, WRITTEN_NAMES } from '../pictures/formats.ts';
import type { Restyling } from '../shards/restyle.ts';

/** What is to be restyled. */
export interface Plan {
  readonly restylings: readonly Restyling[];
  /** The contents, in the same order. */
  readonly pictures: readonly FoundFile[];
  /** Whether the folders of the results may have to be made. */
  readonly makesFolders: boolean;
  readonly skipped: readonly Skipped[];
  /** Where the results go, in words. */
  readonly place: string;
}

/** What a plan is made from. */
export interface PlanRequest {
  /** Files and folders. */
  readonly contents: readonly string[];
  /** Where the results go: a file or a folder; beside the contents where it is null. */
  readonly out: string | null;
  /** A file that must not be overwritten, as the contents. */
  readonly style: string | null;
  /** What names of results have behind, where they lie beside the contents. */
  readonly suffix: string;
  /** Whether inputs may be overwritten. */
  readonly overwrite: boolean;
}

/**
 * Finds the pictures to restyle, and a place for each result. Folders keep their structure.
 *
 * @throws Refusal where there are none, the place is none for them, two results would share one,
 *   or an input would be overwritten unasked.
 */
export async function planRestyling(request: PlanRequest): Promise<Plan> {
  const { contents, out, suffix } = request;
  const { pictures, skipped } = await findPictures(contents, out);
  if (pictures.length === 0) {
    throw new Refusal(`${contents.join(' ')}: expected pictures, got none`);
  }
  const placeOf = out === null ? besideContents(suffix) : await placesIn(out, contents, pictures);
  const restylings = pictures.map((picture): Restyling => {
    const path = placeOf(picture);
    const format = formatOf(path);
    if (format !== null) return { content: picture.path, out: path, format };
    return { content: picture.path, out: `${stemOf(path)}.png`, format: 'png' };
  });
  checkDistinct(restylings);
  if (!request.overwrite) await checkInputs(restylings, request.style);
  const isOneFile = contents.length === 1 && pictures[0]?.folder === null;
  const makesFolders = !isOneFile || (out !== null && /[\\/]$/.test(out));
  return { restylings, pictures, makesFolders, skipped, place: out ?? 'places beside them' };
}

/** `a/b.jpg` becomes `a/b-restyled.jpg`, and `c/d.jpg` of a folder `c` `c-restyled/d.jpg`. */
function besideContents(suffix: string): (picture: FoundFile) => string {
  return ({ path, below, folder }) => {
    if (folder === null) return `${stemOf(path)}-${suffix}${extname(path)}`;
    const full = fullPlace(folder);
    const above = folderOf(full);
    if (above === null) throw new Refusal(`--out: expected a place, since none is beside ${full}`);
    return joinPlace(joinPlace(above, `${nameOf(full)}-${suffix}`), below);
  };
}

async function placesIn(
  out: string,
  contents: readonly string[],
  pictures: readonly FoundFile[],
): Promise<(picture: FoundFile) => string> {
  const kind = await (await filesAt(out)).kindAt(out);
  const isFolder = kind === 'folder' || /[\\/]$/.test(out);
  const isOne = contents.length === 1;
  const isOneFile = isOne && pictures[0]?.folder === null;
  if (!isFolder && isOneFile) {
    if (formatOf(out) !== null) return () => out;
    throw new Refusal(
      `--out: expected a folder, or a file name that ends in ${WRITTEN_NAMES}, got '${out}'`,
    );
  }
  if (!isFolder && (kind !== null || formatOf(out) !== null)) {
    throw new Refusal(`--out: expected a folder for ${pictures.length} pictures, got '${out}'`);
  }
  return ({ below, folder }) => {
    const within = folder === null || isOne ? below : `${nameOf(fullPlace(folder))}/${below}`;
    return joinPlace(out, within);
  };
}

function checkDistinct(restylings: readonly Restyling[]): void {
  const contents = new Map<string, string>();
  for (const { content, out } of restylings) {
    const place = fullPlace(out);
    const other = contents.get(place);
    if (other !== undefined) {
      throw new Refusal(`${other} and ${content} would both become ${out}; rename one of them`);
    }
    contents.set(place, content);
  }
}

/** Refuses to overwrite an input, by whatever name or link. */
async function checkInputs(restylings: readonly Restyling[], style: string | null): Promise<void> {
  const inputs = new Set<string>();
  const contents = restylings.map(({ content }) => content);
  for (const path of style === null ? contents : [style, ...contents]) {
    const identity = await (await filesAt(path)).identityOf(path);
    if (identity !== null) inputs.add(identity);
  }
  for (const { out } of restylings) {
    const identity = await (await filesAt(out)).identityOf(out);
    if (identity !== null && inputs.has(identity)) {
      throw new Refusal(`${out}: is an input; --overwrite replaces it`);
    }
  }
}

function stemOf(path: string): string {
  return path.slice(0, path.length - extname(path).length);
}
