// For Vercel's edge runtime, whose bundlers hand over the compiled module, which scripts/bundle.mjs
// imports in place of the text.

export { compile, compileAsync, compileShared } from './host-workerd.ts';

// The loader asks whether the module is an `instanceof WebAssembly.Module`, which
// one from another realm is not: in Next's sandbox none is.
export function instantiateSync(
  compiled: WebAssembly.Module,
  imports: WebAssembly.Imports,
): { instance: WebAssembly.Instance } {
  return { instance: new WebAssembly.Instance(compiled, imports) };
}

export async function instantiate(
  compiled: WebAssembly.Module,
  imports: WebAssembly.Imports,
): Promise<{ instance: WebAssembly.Instance }> {
  return instantiateSync(compiled, imports);
}
