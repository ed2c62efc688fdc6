import { decodeBytes } from './decode-bytes.ts';

export { instantiateSync } from '@assemblyscript/loader';

/**
 * Compiles a module from its text, for the hosts that let a program compile at run time.
 *
 * @throws Error where the host has no WebAssembly, or none with SIMD.
 */
export function compile(text: string): WebAssembly.Module {
  if (typeof WebAssembly === 'undefined') throw missing('WebAssembly');
  const bytes = decodeBytes(text);
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    // Valid, yet refused: by a page's security policy, say, as the host itself says best.
    if (WebAssembly.validate(bytes)) throw cause;
    throw missing('SIMD in its WebAssembly', cause);
  }
}

function missing(what: string, cause?: unknown): Error {
  return new Error(
    `wasm-norm: this host lacks ${what}. Node 16.4, Deno 1.9, Bun, workerd, Chrome 91, Firefox 90, Safari 16.4 and later ones have it.`,
    { cause },
  );
}
