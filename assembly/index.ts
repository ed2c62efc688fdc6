// The kernels: loops that know addresses, counts and scalars, and nothing of
// layers, layouts or objects. Addresses and counts are `usize`, a count is in
// elements, and the order is outputs, inputs, sizes, scalars. Address 0 stands
// for "absent": nothing is ever placed there.

export { applyRows } from './apply';
export { applyColumns } from './column-apply';
export { combineColumns } from './column-combine';
export { addColumnGradientSums } from './column-gradient-sums';
export { addColumnMoments } from './column-moments';
export { combineRows, makeCombinations } from './combine';
export { differentiateRows } from './differentiate';
export { applyElements } from './element-apply';
export { addElementGradientSums } from './element-gradient-sums';
export { addGradientSums } from './gradient-sums';
export { makeLines } from './line';
export { addMoments } from './moments';
export { normalizeRows } from './normalize';
export { mergeStates } from './state';
export { addWideColumnMoments, addWideMoments } from './wide-moments';
