// Kernels of vectors that are divided by their norms, a module of its own that only `normalize`
// loads. They work in float64 throughout, which no power and no product of float32 leaves.

export { transpose } from './columns/transpose';
export { combineVectors } from './vectors/combine';
export { addNorms, countAtLeast } from './vectors/norms';
export { addProducts } from './vectors/products';
