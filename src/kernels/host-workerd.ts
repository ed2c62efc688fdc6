// For workerd, which forbids compiling at run time: its bundlers hand over the compiled module.

import module from '../../build/kernels.wasm';

export { instantiateSync } from '@assemblyscript/loader';

export function compile(): WebAssembly.Module {
  return module;
}
