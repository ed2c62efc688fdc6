// The kernels are loops that know addresses, counts and scalars, and nothing of layers,
// layouts or objects. Addresses and counts are `usize`, and counts are in elements.
// Parameters come in the order outputs, inputs, sizes, scalars. Address 0 means that an
// array is absent, so nothing is ever placed there.

// Moments, lines and combinations: what is kept of a row, column or group.

export { makeCombinations } from './core/combination';
export { makeLines } from './core/line';
export { mergeMoments } from './core/moments';

// Rows: one line for each row.

export { applyRows } from './rows/apply';
export { combineRows } from './rows/combine';
export { addGradientSums } from './rows/gradient-sums';
export { addMoments } from './rows/moments';
export { addMomentsF64 } from './rows/moments-f64';

// Columns: one line for each column.

export { applyColumns } from './columns/apply';
export { combineColumns } from './columns/combine';
export { addColumnGradientSums } from './columns/gradient-sums';
export { addColumnMoments } from './columns/moments';
export { addColumnMomentsF64 } from './columns/moments-f64';

// Elements: one line for each row, a weight and bias for each column.

export { applyElements } from './elements/apply';
export { addElementGradientSums } from './elements/gradient-sums';

// Fused: all steps for a strip of rows, or for a sample, before the next is read.

export { differentiateRows } from './fused/differentiate';
export { differentiateColumns } from './fused/differentiate-columns';
export { normalizeRows } from './fused/normalize';
export { normalizeColumns } from './fused/normalize-columns';

// Conversions: elements of 16 bits at the edge of memory.

export { narrow } from './convert/narrow';
export { widen } from './convert/widen';
