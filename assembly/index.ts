// The kernels are loops that know addresses, counts and scalars, and nothing of layers,
// layouts or objects. Addresses and counts are `usize`, and counts are in elements.
// Parameters come in the order outputs, inputs, sizes, scalars. Address 0 means that an
// array is absent, so nothing is ever placed there.

// Moments and lines: what is kept of a row, column or group.

export { makeGivenLines } from './core/given-lines';
export { makeLines } from './core/line';
export { mergeMoments } from './core/moments';

// Rows: one line for each row.

export { applyRows } from './rows/apply';
export { addMoments } from './rows/moments';
export { addMomentsF64 } from './rows/moments-f64';

// Rows: what a mask holds of them.

export { gather } from './rows/gather';
export { scatter } from './rows/scatter';

// Columns: one line for each column.

export { applyColumns } from './columns/apply';
export { addColumnMoments } from './columns/moments';
export { addColumnMomentsF64 } from './columns/moments-f64';
export { findScales } from './columns/small-samples';

// Elements: one line for each row, a weight and bias for each column.

export { applyElements } from './elements/apply';

// Fused: all steps for a strip of rows, or for a sample, before the next is read.

export { normalizeRows } from './fused/normalize';
export { normalizeColumns } from './fused/normalize-columns';
export { normalizeTiles } from './fused/normalize-tiles';

// Conversions: elements of 16 bits at the edge of memory.

export { narrow } from './convert/narrow';
export { widen } from './convert/widen';
