import { decodeBytes } from './decode-bytes.ts';
import { shareMemory } from './share-memory.ts';

export { instantiate, instantiateSync } from '@assemblyscript/loader';

/**
 * Compiles a module from its text, for the hosts that let a program compile at run time.
 *
 * @throws Error where the host has no WebAssembly, none with SIMD, compiles only
 *   asynchronously, or forbids it.
 */
export function compile(text: string): WebAssembly.Module {
  const bytes = bytesOf(text);
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw explain(bytes, cause);
  }
}

/** Compiles a module so that it works in a shared memory. */
export const compileShared: ((text: string) => WebAssembly.Module) | null = (text) =>
  new WebAssembly.Module(shareMemory(bytesOf(text)));

/** Compiles a module asynchronously, on the main thread of any page too. */
export async function compileAsync(text: string): Promise<WebAssembly.Module> {
  const bytes = bytesOf(text);
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw explain(bytes, cause);
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  if (typeof WebAssembly === 'undefined') throw missing('WebAssembly');
  return decodeBytes(text);
}

/** Says why a host compiled nothing. */
function explain(bytes: Uint8Array<ArrayBuffer>, cause: unknown): unknown {
  if (!WebAssembly.validate(bytes)) return missing('SIMD in its WebAssembly', cause);
  if (cause instanceof RangeError) {
    return new Error(
      'wasm-norm: this host compiles WebAssembly on its main thread only asynchronously, as Chrome before 115 does: `await ready()` first.',
      { cause },
    );
  }
  const said = cause instanceof Error ? cause.message : cause;
  return new Error(
    `wasm-norm: this host forbids compiling WebAssembly (${said}). A page's policy has to allow 'wasm-unsafe-eval', an edge worker's bundler to take the entry for workerd (OpenNext: serverExternalPackages: ['wasm-norm']).`,
    { cause },
  );
}

function missing(what: string, cause?: unknown): Error {
  return new Error(
    `wasm-norm: this host lacks ${what}. Node 16.4, Deno 1.9, Bun, workerd, Chrome 91, Firefox 90, Safari 16.4 and later ones have it.`,
    { cause },
  );
}
