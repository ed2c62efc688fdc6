// Stands in for @assemblyscript/loader. It notes which kernels are called and a digest of all that
// they write. It also watches every access of a debug build.

import { extentsOf } from '../guard/extents.ts';
import { instantiateSync as instantiateGuarded } from '../guard/loader.ts';

type Kernel = (...values: number[]) => void;

/** What kernels did. */
export interface Doings {
  /** The kernels that were called. */
  readonly kernels: readonly string[];
  /** A digest of everything that they wrote. */
  readonly digest: number;
}

const kernels = new Set<string>();
let digest = 0;

/** Returns what kernels did since the last call. */
export function takeDoings(): Doings {
  const taken = { kernels: [...kernels], digest };
  kernels.clear();
  digest = 0;
  return taken;
}

export const instantiateSync: typeof instantiateGuarded = (module, imports) => {
  // A debug build imports what watches it, beside the memory.
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
        // Each step is a bijection, so that digests that differ once stay different.
        for (let i = start >> 2; i < (start + bytes) >> 2; i++) {
          digest = Math.imul(digest ^ (words[i] as number), 0x01000193);
        }
      }
    };
  }
  return { instance: { exports } };
};
