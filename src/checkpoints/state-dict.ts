import { describe } from '../checks/describe.ts';
import { nearest } from '../checks/nearest.ts';
import { checkBoolean, checkCount, checkOptions } from '../checks/options.ts';
import { checkObject, refuseKind, refuseValue } from '../checks/refuse.ts';
import type { Elements } from '../memory/elements.ts';
import { copyElements, toFloat32 } from '../memory/memory.ts';
import { dataOf, readWeights } from '../tensor/parameters.ts';
import { sameShape, sizeOf } from '../tensor/shape.ts';
import { type AnyTensor, readAnyTensor, Tensor } from '../tensor/tensor.ts';

// How many names a message suggests, and the longest that are looked at.
const MOST_NAMES = 3;
const LONGEST_NAME = 256;

/** A parameter or buffer of a layer, by PyTorch's name. */
export interface StateEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether old checkpoints may lack it, as they lack num_batches_tracked. */
  readonly optional: boolean;
  /** Returns a copy of what the layer holds. */
  readonly copy: () => AnyTensor;
  /**
   * Reads values of the entry's shape.
   *
   * @returns what writes them, or in words what is wrong with them
   * @throws TypeError, RangeError where the layer's field can't take them.
   */
  readonly read: (values: Elements | BigInt64Array) => (() => void) | string;
}

/**
 * Makes the entry of an array that is written in place, or of none.
 *
 * @param field the layer's name of the array
 */
export function arrayEntry(
  name: string,
  field: string,
  values: unknown,
  shape: readonly number[],
): readonly StateEntry[] {
  if (values === null || values === undefined) return [];
  const data = dataOf(values, field);
  const own = () => readWeights(data, field, sizeOf(shape)) as Elements;
  const entry: StateEntry = {
    name,
    shape,
    optional: false,
    copy() {
      const values = new Float32Array(sizeOf(shape));
      copyElements(values, own());
      return new Tensor(values, shape);
    },
    read(values) {
      if (values instanceof BigInt64Array) return 'of dtype int64 instead of float32';
      const array = own();
      return () => copyElements(array, values);
    },
  };
  return [entry];
}

/** Makes the entry of a whole number. PyTorch keeps it in an int64 of no dimensions. */
export function countEntry(
  name: string,
  field: string,
  value: number,
  assign: (value: number) => void,
): StateEntry {
  return {
    name,
    shape: [],
    optional: true,
    copy() {
      checkCount(value, field, 0);
      return new Tensor(BigInt64Array.of(BigInt(value)), []);
    },
    read(values) {
      const [first] = values instanceof BigInt64Array ? values : toFloat32(values);
      const count = Number(first);
      if (!Number.isSafeInteger(count) || count < 0) return `that is ${first}`;
      return () => assign(count);
    },
  };
}

/** Which keys did not fit where a state was loaded, whole, as in the dictionary. */
export interface LoadedKeys {
  /** Those that the layer has and the dictionary lacks. */
  readonly missingKeys: readonly string[];
  /** Those that the dictionary has, behind the prefix, and the layer lacks. */
  readonly unexpectedKeys: readonly string[];
}

/** Writes entries from a dictionary, all or none. */
export function loadState(
  entries: readonly StateEntry[],
  dict: unknown,
  options: { readonly prefix?: string | undefined; readonly strict?: boolean | undefined },
): LoadedKeys {
  checkObject(dict, 'stateDict', 'an object of tensors');
  checkOptions(options, ['prefix', 'strict']);
  const { prefix = '', strict = true } = options;
  if (typeof prefix !== 'string') {
    refuseKind('prefix', 'a string', prefix);
  }
  checkBoolean(strict, 'strict');
  const names = new Set(entries.map(({ name }) => prefix + name));
  const faults: string[] = [];
  const missing: string[] = [];
  const found: { readonly entry: StateEntry; readonly values: Elements | BigInt64Array }[] = [];
  for (const entry of entries) {
    const key = prefix + entry.name;
    if (!Object.hasOwn(dict, key)) {
      if (!entry.optional) {
        missing.push(key);
        if (strict) faults.push(`missing ${describe(key)}`);
      }
      continue;
    }
    const { data, shape } = readAnyTensor(dict[key], key);
    // A scalar may come as one element.
    const scalar = entry.shape.length === 0 && data.length === 1;
    if (sameShape(shape, entry.shape) || scalar)
      found.push({ entry, values: data.slice() as typeof data });
    else {
      const expected = describe(entry.shape);
      faults.push(`${describe(key)} of shape ${describe(shape)} instead of ${expected}`);
    }
  }
  const unexpected = Object.keys(dict).filter((key) => key.startsWith(prefix) && !names.has(key));
  if (strict) for (const key of unexpected) faults.push(`unexpected ${describe(key)}`);
  // All of the layer's arrays are read before any is written: they may have been replaced,
  // or detached by getters of the dictionary.
  const writes: (() => void)[] = [];
  for (const { entry, values } of found) {
    const write = entry.read(values);
    if (typeof write === 'string') faults.push(`${describe(prefix + entry.name)} ${write}`);
    else writes.push(write);
  }
  if (faults.length > 0) {
    const hint =
      strict && missing.length > 0 ? suggest(missing, entries, Object.keys(dict), prefix) : '';
    refuseValue('stateDict', [...names].join(', ') || 'no keys', faults.join('; ') + hint);
  }
  for (const write of writes) write();
  return { missingKeys: missing, unexpectedKeys: unexpected };
}

/** Names the prefixes that lead to all entries, or else keys that are near the missing ones. */
function suggest(
  missing: readonly string[],
  entries: readonly StateEntry[],
  keys: readonly string[],
  prefix: string,
): string {
  const required = entries.filter(({ optional }) => !optional).map(({ name }) => name);
  const known = new Set(keys);
  const [first = ''] = required;
  const prefixes = keys
    .filter((key) => key.endsWith(first))
    .map((key) => key.slice(0, key.length - first.length))
    .filter((other) => required.every((name) => known.has(other + name)));
  if (prefixes.length > 0) {
    const isLonger = (other: string) => other.endsWith(prefix) || prefix.endsWith(other);
    // Every text ends with an empty one, which says nothing.
    const related = prefix === '' ? [] : prefixes.filter(isLonger);
    const near = prefix === '' ? undefined : nearestOf(prefix, prefixes);
    const best = related.length > 0 ? related : near === undefined ? prefixes : [near];
    return `; did you mean the prefix ${listOf(best)}?`;
  }
  const near = missing.map((key) => nearestOf(key, keys)).filter((key) => key !== undefined);
  return near.length > 0 ? `; did you mean ${listOf(near)}?` : '';
}

/** Returns the nearest name. Long names are left out, since each letter takes some stack. */
function nearestOf(name: string, names: readonly string[]): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  return nearest(
    name,
    names.filter(({ length }) => length <= LONGEST_NAME),
  );
}

/** Lists the first few names. */
function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map(describe).join(' or ');
  return names.length > MOST_NAMES ? `${shown} or another of ${names.length}` : shown;
}
