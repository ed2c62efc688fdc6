import { describe } from '../checks/describe.ts';
import { checkBoolean, checkOptions } from '../checks/options.ts';
import { checkObject, refuseKind, refuseValue } from '../checks/refuse.ts';
import { sameShape } from '../tensor/shape.ts';
import { readTensor } from '../tensor/tensor.ts';

/** A parameter or buffer of a layer, by PyTorch's name. */
export interface StateEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  readonly assign: (values: Float32Array) => void;
  /** Says what is wrong with values, if anything is. */
  readonly fault?: (values: Float32Array) => string | null;
  /** Whether old checkpoints may lack it, as they lack num_batches_tracked. */
  readonly optional?: boolean;
}

/** Makes the entry of an array that is written in place, or of none. */
export function arrayEntry(
  name: string,
  values: Float32Array | null,
  shape: readonly number[],
): readonly StateEntry[] {
  return values === null ? [] : [{ name, shape, values, assign: (from) => values.set(from) }];
}

/** Writes entries from a dictionary, all or none. */
export function loadState(
  entries: readonly StateEntry[],
  dict: unknown,
  options: { readonly prefix?: string | undefined; readonly strict?: boolean | undefined },
): void {
  checkObject(dict, 'stateDict', 'an object of tensors');
  checkOptions(options, ['prefix', 'strict']);
  const { prefix = '', strict = true } = options;
  if (typeof prefix !== 'string') {
    refuseKind('prefix', 'a string', prefix);
  }
  checkBoolean(strict, 'strict');
  const names = new Set(entries.map(({ name }) => prefix + name));
  const faults: string[] = [];
  const found: { readonly entry: StateEntry; readonly data: Float32Array }[] = [];
  for (const entry of entries) {
    const key = prefix + entry.name;
    if (!Object.hasOwn(dict, key)) {
      if (strict && !entry.optional) faults.push(`missing ${describe(key)}`);
      continue;
    }
    const { data, shape } = readTensor(dict[key], key);
    // A scalar may come as one element.
    const scalar = entry.shape.length === 0 && data.length === 1;
    const fits = sameShape(shape, entry.shape) || scalar;
    const fault = fits ? entry.fault?.(data) : null;
    if (fault) faults.push(`${describe(key)} ${fault}`);
    else if (fits) found.push({ entry, data: data.slice() });
    else
      faults.push(
        `${describe(key)} of shape ${describe(shape)} instead of ${describe(entry.shape)}`,
      );
  }
  if (strict) {
    for (const key of Object.keys(dict)) {
      if (key.startsWith(prefix) && !names.has(key)) faults.push(`unexpected ${describe(key)}`);
    }
  }
  if (faults.length > 0) {
    refuseValue('stateDict', [...names].join(', ') || 'no keys', faults.join('; '));
  }
  // Whatever was done to the layer's own arrays, all are written or none.
  for (const { entry, data } of found) {
    if (entry.values.length === data.length) continue;
    refuseValue(entry.name, `a layer that holds ${data.length} values`, entry.values.length);
  }
  for (const { entry, data } of found) entry.assign(data);
}
