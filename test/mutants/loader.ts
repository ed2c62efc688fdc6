// Stands in for @assemblyscript/loader: notes which kernels are called, and a digest of all that
// they write. A debug build is watched at every access besides.

import { extentsOf } from '../guard/extents.ts';
import { instantiateSync as instantiateGuarded } from '../guard/loader.ts';

type Kernel = (...values: number[]) => void;

/** What kernels did. */
export interface Doings {
  /** The kernels that were called. */
  readonly kernels: readonly string[];
  /** A number that tells all that they wrote from anything else. */
  readonly digest: number;
}

const kernels = new Set<string>();
let digest = 0;

/** What kernels did since the last time. */
export function takeDoings(): Doings {
  const taken = { kernels: [...kernels], digest };
  kernels.clear();
  digest = 0;
  return taken;
}

export const instantiateSync: typeof instantiateGuarded = (module, imports) => {
  // A debug build calls whoever watches it.
  const isWatched = WebAssembly.Module.imports(module).length > 1;
  const { exports: whole } = isWatched
    ? instantiateGuarded(module, imports).instance
    : new WebAssembly.Instance(module, imports);
  const words = new Uint32Array(imports.env.memory.buffer);
  const exports: Record<string, Kernel> = {};
  for (const [name, kernel] of Object.entries(whole) as [keyof typeof extentsOf, Kernel][]) {
    const find = extentsOf[name] as (
      ...values: number[]
    ) => ReturnType<typeof extentsOf.addMoments>;
    exports[name] = (...values) => {
      kernels.add(name);
      kernel(...values);
      for (const { start, bytes, use } of find(...values)) {
        if (use === 'in' || use === 'scratch') continue;
        // Each step is a bijection: what differs once stays different.
        for (let i = start >> 2; i < (start + bytes) >> 2; i++) {
          digest = Math.imul(digest ^ (words[i] as number), 0x01000193);
        }
      }
    };
  }
  return { instance: { exports } };
};
