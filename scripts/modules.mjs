// The modules of WebAssembly in the package. The compiler writes build/NAME.wasm and
// build/NAME.d.ts, and each is embedded in src/kernels/compiled-NAME.ts.

export const MODULES = ['kernels', 'gradients', 'vectors', 'pixels'];
