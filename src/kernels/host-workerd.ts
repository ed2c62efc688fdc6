// For workerd, which forbids compiling at run time: its bundlers hand over the compiled module,
// which scripts/bundle.mjs imports in place of the text.

export { instantiate, instantiateSync } from '@assemblyscript/loader';

export function compile(module: WebAssembly.Module): WebAssembly.Module {
  return module;
}

export async function compileAsync(module: WebAssembly.Module): Promise<WebAssembly.Module> {
  return module;
}

/** No memory is shared here: there are no threads, and a module comes compiled. */
export const compileShared = null;
