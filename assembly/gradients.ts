// Kernels of gradients, a module of its own that only users of gradients load. It works in the
// memory of the kernels in index.ts, which it calls for moments and lines.

// Combinations: what gives the gradient of the input of a row, column or group.

export { makeCombinations } from './core/combination';

// Rows: one line and combination for each row.

export { combineRows } from './rows/combine';
export { addGradientSums } from './rows/gradient-sums';

// Columns: one line and combination for each column.

export { combineColumns } from './columns/combine';
export { addColumnGradientSums } from './columns/gradient-sums';
export { transpose } from './columns/transpose';

// Elements: one line for each row, a weight and bias for each column.

export { addElementGradientSums, addHeldGradientSums } from './elements/gradient-sums';
export { addElementSums, findPieceSums, mergePieceSums } from './elements/long-rows';

// Fused: all steps for a strip of rows, or for a sample, before the next is read.

export { differentiateRows } from './fused/differentiate';
export { differentiateColumns } from './fused/differentiate-columns';
