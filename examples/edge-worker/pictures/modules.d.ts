/// <reference types="@jsquash/jpeg/emscripten-types.d.ts" />

// What wrangler makes of an import of a .wasm file: it compiles the file at deployment.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
