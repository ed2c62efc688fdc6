// The kernels: loops that know addresses, counts and scalars, and nothing of
// layers, layouts or objects. Addresses and counts are `usize`, a count is in
// elements, and the order is outputs, inputs, sizes, scalars. Address 0 stands
// for "absent": nothing is ever placed there.

export { applyColumns } from './columns/apply';
export { combineColumns } from './columns/combine';
export { addColumnGradientSums } from './columns/gradient-sums';
export { addColumnMoments } from './columns/moments';
export { addColumnMomentsF64 } from './columns/moments-f64';
export { makeCombinations } from './core/combination';
export { makeLines } from './core/line';
export { mergeMoments } from './core/moments';
export { applyElements } from './elements/apply';
export { addElementGradientSums } from './elements/gradient-sums';
export { differentiateRows } from './fused/differentiate';
export { normalizeRows } from './fused/normalize';
export { applyRows } from './rows/apply';
export { combineRows } from './rows/combine';
export { addGradientSums } from './rows/gradient-sums';
export { addMoments } from './rows/moments';
export { addMomentsF64 } from './rows/moments-f64';
