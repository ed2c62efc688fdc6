// Left to the bundler of OpenNext, which takes the entry for workerd.
export default { serverExternalPackages: ['wasm-norm'] };
