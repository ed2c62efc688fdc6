import type { GradientKernels } from '../../src/kernels/gradients.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import type { PixelKernels } from '../../src/kernels/pixels.ts';
import type { VectorKernels } from '../../src/kernels/vectors.ts';

/** A stretch of memory that a call of a kernel may use, and how. */
export interface Extent {
  readonly name: string;
  readonly start: number;
  readonly bytes: number;
  /**
   * 'out' is written whatever it held before, and so is 'scratch', of which nothing
   * is used after; 'inout' is added to.
   */
  readonly use: 'in' | 'out' | 'inout' | 'scratch';
}

type Use = (name: string, start: number, count: number) => Extent;

const used =
  (use: Extent['use'], size: number): Use =>
  (name, start, count) => ({ name, start, bytes: size * count, use });

const MOMENTS = 32;
const LINE = 24;
const COMBINATION = 24;

const bytesIn = used('in', 1);
const bytesOut = used('out', 1);
const bytesInOut = used('inout', 1);
const halvesIn = used('in', 2);
const halvesOut = used('out', 2);
const singlesIn = used('in', 4);
const singlesOut = used('out', 4);
const singlesInOut = used('inout', 4);
const singlesScratch = used('scratch', 4);
const doublesIn = used('in', 8);
const doublesOut = used('out', 8);
const doublesInOut = used('inout', 8);
const doublesScratch = used('scratch', 8);
const momentsIn = used('in', MOMENTS);
const momentsOut = used('out', MOMENTS);
const momentsInOut = used('inout', MOMENTS);
const momentsScratch = used('scratch', MOMENTS);
const linesIn = used('in', LINE);
const linesOut = used('out', LINE);
const linesScratch = used('scratch', LINE);
const combinationsIn = used('in', COMBINATION);
const combinationsOut = used('out', COMBINATION);
const combinationsScratch = used('scratch', COMBINATION);

const pixelsIn = used('in', 4);
const pixelsOut = used('out', 4);
const tablesIn = used('in', 4);

/** Bytes of a space: 24 vectors. */
const SPACE = 24 * 16;
/** Cells of light that have a code. */
const CODES = 1664;
/** Float32 of what each byte adds to the mixtures. */
const MIXTURES = 3 * 256 * 4;

/** Three planes of so many elements, each `step` after the one before. */
const planes = (use: Use, name: string, start: number, count: number, step: number) =>
  [0, 1, 2].map((plane) => use(name, start + 4 * plane * step, count));

/** Rows with a gap after each period. */
const withGaps = (
  use: Use,
  name: string,
  start: number,
  rows: number,
  length: number,
  period: number,
  gap: number,
): readonly Extent[] => {
  if (gap === 0) return [use(name, start, rows * length)];
  return Array.from({ length: Math.ceil(rows / period) }, (_, i) => {
    const count = Math.min(period, rows - i * period) * length;
    return use(name, start + 4 * i * (period * length + gap), count);
  });
};

/** Columns of samples and one more, of which a kernel works in those of a strip. */
const ofStrip = (samples: number, size: number, columns: number): number =>
  Math.min(samples, Math.max(1, Math.floor(2048 / size))) * columns + 1;

/** Numbers of columns that are written two at once: an odd number in a row takes one more. */
const inPairs = (numbers: number, columns: number, groupSize: number): number =>
  numbers + ((groupSize === 1 ? columns : groupSize) % 2);

/** The memory of the call, for what depends on what lies in it. */
export const memoryOfCall = { bytes: new Uint8Array(0) };

/** Elements up to the farthest of so many places that are listed at an address. */
const toFarthest = (list: number, length: number): number =>
  new Uint32Array(memoryOfCall.bytes.buffer, list, length).reduce(
    (most, place) => Math.max(most, place + 1),
    0,
  );

/** Columns that lie four side by side. */
const inFours = (columns: number): number => Math.ceil(columns / 4) * 4;
// Kernels of elements hold what they add in float32 for whole vectors of sixteen.
const inSixteens = (columns: number): number => Math.floor(columns / 16) * 16;

/** Nothing, where address 0 says that there is no such array. */
const optional = (extent: Extent): readonly Extent[] => (extent.start === 0 ? [] : [extent]);

type AllKernels = Kernels & GradientKernels & VectorKernels & PixelKernels;

/** What a call of each kernel may touch: the shapes that its documentation gives. */
export const extentsOf: {
  readonly [name in keyof AllKernels]: (
    ...values: Parameters<AllKernels[name]>
  ) => readonly Extent[];
} = {
  toPlanes: (y, x, tables, pixels, step) => [
    ...planes(singlesOut, 'y', y, pixels, step),
    pixelsIn('x', x, pixels),
    tablesIn('tables', tables, 3 * 256),
  ],
  toChannelsLast: (y, x, tables, pixels) => [
    singlesOut('y', y, 3 * pixels),
    pixelsIn('x', x, pixels),
    tablesIn('tables', tables, 3 * 256),
  ],
  toValues: (y, x, lines, pixels, lineStep, step) => [
    ...(step === 1
      ? planes(singlesOut, 'y', y, pixels, lineStep)
      : [singlesOut('y', y, 3 * pixels)]),
    pixelsIn('x', x, pixels),
    singlesIn('lines', lines, 60),
  ],
  toBytes: (y, x, lines, pixels, channelStep, pixelStep) => [
    pixelsOut('y', y, pixels),
    ...(pixelStep === 1
      ? planes(singlesIn, 'x', x, pixels, channelStep)
      : [singlesIn('x', x, (pixels - 1) * pixelStep + 2 * channelStep + 1)]),
    doublesIn('lines', lines, 6),
  ],
  addByteMoments: (sums, x, pixels) => [doublesInOut('sums', sums, 7), pixelsIn('x', x, pixels)],
  addWordMoments: (sums, x, pixels) => [doublesInOut('sums', sums, 7), doublesIn('x', x, pixels)],
  hideByMask: (y, x, mask, pixels) => [
    pixelsOut('y', y, pixels),
    pixelsIn('x', x, pixels),
    bytesIn('mask', mask, pixels),
  ],
  chooseByMask: (y, taken, left, mask, pixels) => [
    pixelsOut('y', y, pixels),
    pixelsIn('taken', taken, pixels),
    pixelsIn('left', left, pixels),
    bytesIn('mask', mask, pixels),
  ],
  recolour: (y, x, tables, pixels) => [
    pixelsOut('y', y, pixels),
    pixelsIn('x', x, pixels),
    tablesIn('tables', tables, 3 * 256),
  ],
  recolourByLines: (y, x, lines, pixels) => [
    pixelsOut('y', y, pixels),
    pixelsIn('x', x, pixels),
    singlesIn('lines', lines, 24),
  ],
  findSpaceMoments: (moments, x, tables, space, pixels, scratch) => [
    doublesOut('moments', moments, 10),
    pixelsIn('x', x, pixels),
    tablesIn('tables', tables, MIXTURES),
    bytesIn('space', space, SPACE),
    singlesScratch('scratch', scratch, 48),
  ],
  recolourInSpace: (y, x, tables, codes, space, pixels) => [
    pixelsOut('y', y, pixels),
    pixelsIn('x', x, pixels),
    tablesIn('tables', tables, MIXTURES),
    tablesIn('codes', codes, CODES),
    bytesIn('space', space, SPACE),
  ],
  findTissue: (mask, x, tables, pixels) => [
    bytesOut('mask', mask, pixels),
    pixelsIn('x', x, pixels),
    tablesIn('tables', tables, 3 * 256),
  ],
  addMoments: (moments, x, rows, length, period, gap) => [
    momentsInOut('moments', moments, Math.min(rows, period)),
    ...withGaps(singlesIn, 'x', x, rows, length, period, gap),
  ],
  addColumnMoments: (moments, x, rows, columns, scratch) => [
    momentsInOut('moments', moments, columns),
    singlesIn('x', x, rows * columns),
    singlesScratch('scratch', scratch, columns * 6),
  ],
  addMomentsF64: (moments, x, rows, length, period, gap) => [
    momentsInOut('moments', moments, Math.min(rows, period)),
    ...withGaps(singlesIn, 'x', x, rows, length, period, gap),
  ],
  addColumnMomentsF64: (moments, x, rows, columns) => [
    momentsInOut('moments', moments, columns),
    singlesIn('x', x, rows * columns),
  ],
  mergeMoments: (moments, parts, count, groupSize, period) => [
    momentsInOut('moments', moments, Math.min(Math.ceil(count / groupSize), period)),
    momentsIn('parts', parts, count),
  ],
  makeLines: (lines, moments, weight, bias, rows, groupSize, first, period, times) => [
    linesOut('lines', lines, rows * times),
    momentsIn('moments', moments, Math.ceil(rows / groupSize)),
    ...optional(singlesIn('weight', weight, Math.min(first + rows, period))),
    ...optional(singlesIn('bias', bias, Math.min(first + rows, period))),
  ],
  makeGivenLines: (lines, mean, variance, weight, bias, channels, statistics, period, times) => [
    linesOut('lines', lines, channels * times),
    singlesIn('mean', mean, Math.min(channels, statistics)),
    singlesIn('variance', variance, Math.min(channels, statistics)),
    ...optional(singlesIn('weight', weight, Math.min(channels, period))),
    ...optional(singlesIn('bias', bias, Math.min(channels, period))),
  ],
  findScales: (
    moments,
    means,
    variances,
    scales,
    sums,
    gradientSums,
    products,
    g,
    x,
    samples,
    rows,
    columns,
    width,
    groupSize,
  ) => {
    const numbers = samples * columns + 1;
    const written = inPairs(samples * columns, columns, groupSize);
    const size = samples * rows * columns * width;
    return [
      ...optional(momentsOut('moments', moments, (samples * columns) / groupSize)),
      doublesOut('means', means, numbers),
      doublesOut('variances', variances, numbers),
      doublesOut('scales', scales, numbers),
      doublesScratch('sums', sums, numbers),
      ...optional(doublesOut('gradientSums', gradientSums, written)),
      ...optional(doublesOut('products', products, written)),
      ...optional(singlesIn('g', g, size)),
      singlesIn('x', x, size),
    ];
  },
  normalizeRows: (y, moments, lines, x, weight, bias, rows, groupSize, length, period) => [
    singlesOut('y', y, rows * groupSize * length),
    momentsOut('moments', moments, rows),
    linesScratch('lines', lines, Math.min(rows * groupSize, Math.max(2048, groupSize))),
    singlesIn('x', x, rows * groupSize * length),
    ...optional(singlesIn('weight', weight, Math.min(rows * groupSize, period))),
    ...optional(singlesIn('bias', bias, Math.min(rows * groupSize, period))),
  ],
  normalizeColumns: (
    y,
    moments,
    means,
    variances,
    scales,
    sums,
    x,
    weight,
    bias,
    samples,
    rows,
    columns,
    width,
    groupSize,
    period,
  ) => {
    const size = rows * columns * width;
    const numbers = ofStrip(samples, size, columns);
    return [
      singlesOut('y', y, samples * size),
      ...optional(momentsOut('moments', moments, (samples * columns) / groupSize)),
      doublesScratch('means', means, numbers),
      doublesScratch('variances', variances, numbers),
      doublesScratch('scales', scales, numbers),
      doublesScratch('sums', sums, numbers),
      singlesIn('x', x, samples * size),
      ...optional(singlesIn('weight', weight, Math.min(samples * columns, period))),
      ...optional(singlesIn('bias', bias, Math.min(samples * columns, period))),
    ];
  },
  applyRows: (y, x, lines, rows, length, period, gap) => [
    ...withGaps(singlesOut, 'y', y, rows, length, period, gap),
    ...withGaps(singlesIn, 'x', x, rows, length, period, gap),
    linesIn('lines', lines, Math.min(rows, period)),
  ],
  applyColumns: (y, x, lines, rows, columns, stride, scratch) => [
    ...withGaps(singlesOut, 'y', y, rows, columns, 1, stride - columns),
    ...withGaps(singlesIn, 'x', x, rows, columns, 1, stride - columns),
    linesIn('lines', lines, columns),
    singlesScratch('scratch', scratch, inFours(columns) * 4),
  ],
  applyElements: (y, x, lines, weight, bias, rows, columns) => [
    singlesOut('y', y, rows * columns),
    singlesIn('x', x, rows * columns),
    linesIn('lines', lines, rows),
    ...optional(singlesIn('weight', weight, columns)),
    ...optional(singlesIn('bias', bias, columns)),
  ],
  addGradientSums: (sums, products, g, x, lines, rows, length, period, gap) => [
    doublesInOut('sums', sums, Math.min(rows, period)),
    doublesInOut('products', products, Math.min(rows, period)),
    ...withGaps(singlesIn, 'g', g, rows, length, period, gap),
    ...withGaps(singlesIn, 'x', x, rows, length, period, gap),
    linesIn('lines', lines, Math.min(rows, period)),
  ],
  addColumnGradientSums: (sums, products, g, x, lines, rows, columns, scratch) => [
    doublesInOut('sums', sums, columns),
    doublesInOut('products', products, columns),
    singlesIn('g', g, rows * columns),
    singlesIn('x', x, rows * columns),
    ...optional(linesIn('lines', lines, columns)),
    singlesScratch('scratch', scratch, inFours(columns) * 8),
  ],
  addElementGradientSums: (
    rowSums,
    rowProducts,
    sums,
    products,
    g,
    x,
    weight,
    lines,
    rows,
    columns,
    scratch,
  ) => [
    doublesInOut('rowSums', rowSums, rows),
    doublesInOut('rowProducts', rowProducts, rows),
    ...optional(doublesInOut('sums', sums, columns)),
    ...(sums === 0 ? [] : [doublesInOut('products', products, columns)]),
    singlesIn('g', g, rows * columns),
    singlesIn('x', x, rows * columns),
    singlesIn('weight', weight, columns),
    linesIn('lines', lines, rows),
    sums === 0
      ? singlesOut('scratch', scratch, Math.ceil(rows / 8) * inSixteens(columns) * 2)
      : singlesScratch('scratch', scratch, columns * 2),
  ],
  normalizeTiles: (
    y,
    moments,
    lines,
    rowLines,
    tile,
    x,
    weight,
    bias,
    samples,
    rows,
    columns,
    stride,
    width,
    _eps,
    _centred,
    scratch,
  ) => {
    const ofRows = (use: Use, name: string, start: number) =>
      columns === stride
        ? [use(name, start, samples * rows * columns)]
        : Array.from({ length: samples * rows }, (_, row) =>
            use(name, start + 4 * row * stride, columns),
          );
    return [
      ...ofRows(singlesOut, 'y', y),
      ...ofRows(singlesIn, 'x', x),
      momentsOut('moments', moments, Math.min(width, columns)),
      linesScratch('lines', lines, Math.min(width, columns)),
      ...(weight || bias ? [linesScratch('rowLines', rowLines, rows)] : []),
      ...(width < stride ? [singlesScratch('tile', tile, rows * Math.min(width, columns))] : []),
      ...optional(singlesIn('weight', weight, rows)),
      ...optional(singlesIn('bias', bias, rows)),
      singlesScratch('scratch', scratch, inFours(Math.min(width, columns)) * 6),
    ];
  },
  findPieceSums: (parts, g, x, weight, lines, rows, length) => [
    doublesOut('parts', parts, rows * Math.ceil(length / 4096) * 2),
    singlesIn('g', g, rows * length),
    singlesIn('x', x, rows * length),
    singlesIn('weight', weight, length),
    linesIn('lines', lines, rows),
  ],
  mergePieceSums: (sums, products, parts, g, x, weight, lines, rows, length) => [
    doublesInOut('sums', sums, rows),
    doublesInOut('products', products, rows),
    doublesIn('parts', parts, rows * Math.ceil(length / 4096) * 2),
    singlesIn('g', g, rows * length),
    singlesIn('x', x, rows * length),
    singlesIn('weight', weight, length),
    linesIn('lines', lines, rows),
  ],
  addElementSums: (sums, products, g, x, weight, lines, rows, first, columns, stride) => [
    doublesInOut('sums', sums + 8 * first, columns),
    doublesInOut('products', products + 8 * first, columns),
    singlesIn('g', g + 4 * first, (rows - 1) * stride + columns),
    singlesIn('x', x + 4 * first, (rows - 1) * stride + columns),
    singlesIn('weight', weight, stride),
    linesIn('lines', lines, rows),
  ],
  addHeldGradientSums: (sums, products, g, x, weight, lines, held, rows, columns, stride) => [
    doublesInOut('sums', sums, columns),
    doublesInOut('products', products, columns),
    singlesIn('g', g, (rows - 1) * stride + columns),
    singlesIn('x', x, (rows - 1) * stride + columns),
    singlesIn('weight', weight, stride),
    linesIn('lines', lines, rows),
    // What is held is cleared where it is added element by element.
    singlesInOut(
      'held',
      held,
      ((Math.ceil(rows / 8) - 1) * inSixteens(stride) + inSixteens(columns)) * 2,
    ),
  ],
  makeCombinations: (
    combinations,
    moments,
    lines,
    sums,
    products,
    weight,
    groups,
    groupSize,
    first,
    period,
  ) => [
    combinationsOut('combinations', combinations, groups * groupSize),
    ...optional(momentsIn('moments', moments, groups)),
    linesIn('lines', lines, groups * groupSize),
    doublesIn('sums', sums, groups * groupSize),
    doublesIn('products', products, groups * groupSize),
    ...optional(singlesIn('weight', weight, Math.min(first + groups * groupSize, period))),
  ],
  differentiateRows: (
    dx,
    sums,
    products,
    moments,
    lines,
    combinations,
    g,
    x,
    weight,
    rows,
    groupSize,
    length,
    period,
  ) => {
    const channels = Math.min(rows * groupSize, Math.max(2048, groupSize));
    return [
      singlesOut('dx', dx, rows * groupSize * length),
      doublesOut('sums', sums, rows * groupSize),
      doublesOut('products', products, rows * groupSize),
      momentsScratch('moments', moments, Math.min(rows, 2048)),
      linesScratch('lines', lines, channels),
      combinationsScratch('combinations', combinations, channels),
      singlesIn('g', g, rows * groupSize * length),
      singlesIn('x', x, rows * groupSize * length),
      ...optional(singlesIn('weight', weight, Math.min(rows * groupSize, period))),
    ];
  },
  differentiateColumns: (
    dx,
    sums,
    products,
    means,
    offsets,
    rstds,
    combinations,
    g,
    x,
    weight,
    samples,
    rows,
    columns,
    width,
    groupSize,
    period,
  ) => {
    const size = rows * columns * width;
    const numbers = ofStrip(samples, size, columns);
    const written = inPairs(samples * columns, columns, groupSize);
    return [
      singlesOut('dx', dx, samples * size),
      doublesOut('sums', sums, written),
      doublesOut('products', products, written),
      doublesScratch('means', means, numbers),
      doublesScratch('offsets', offsets, numbers),
      doublesScratch('rstds', rstds, numbers),
      doublesScratch('combinations', combinations, 3 * numbers),
      singlesIn('g', g, samples * size),
      singlesIn('x', x, samples * size),
      ...optional(singlesIn('weight', weight, Math.min(samples * columns, period))),
    ];
  },
  // The bits may be the second half of the values: what lies before them is written, the rest both.
  widen: (values, bits, count) => {
    const whole = Math.ceil(count / 4) * 4;
    const end = values + 4 * whole;
    if (bits >= end || bits < values) {
      return [singlesOut('values', values, whole), halvesIn('bits', bits, whole)];
    }
    return [
      bytesOut('values', values, bits - values),
      bytesInOut('bits', bits, Math.max(2 * whole, end - bits)),
    ];
  },
  narrow: (bits, values, count) => {
    const whole = Math.ceil(count / 8) * 8;
    if (bits === values) return [bytesInOut('values', values, 4 * whole)];
    return [halvesOut('bits', bits, whole), singlesIn('values', values, whole)];
  },
  gather: (y, x, list, rows, length, stride) => [
    singlesOut('y', y, rows * length),
    singlesIn('x', x, (rows - 1) * stride + toFarthest(list, length)),
    singlesIn('list', list, length),
  ],
  scatter: (y, x, list, rows, length, stride) => [
    singlesInOut('y', y, (rows - 1) * stride + toFarthest(list, length)),
    ...optional(singlesIn('x', x, rows * length)),
    singlesIn('list', list, length),
  ],
  transpose: (y, x, rows, columns, yStride, xStride) => [
    ...withGaps(singlesOut, 'y', y, columns, rows, 1, yStride - rows),
    ...withGaps(singlesIn, 'x', x, rows, columns, 1, xStride - columns),
  ],
  addNorms: (norms, x, rows, length) => [
    doublesInOut('norms', norms, rows),
    singlesIn('x', x, rows * length),
  ],
  countAtLeast: (counts, x, least, rows, length) => [
    doublesInOut('counts', counts, rows),
    singlesIn('x', x, rows * length),
    doublesIn('least', least, rows),
  ],
  addProducts: (products, g, x, rows, length) => [
    doublesInOut('products', products, rows),
    singlesIn('g', g, rows * length),
    singlesIn('x', x, rows * length),
  ],
  combineVectors: (dx, g, x, combinations, rows, length) => [
    singlesOut('dx', dx, rows * length),
    singlesIn('g', g, rows * length),
    singlesIn('x', x, rows * length),
    combinationsIn('combinations', combinations, rows),
  ],
  combineRows: (dx, g, x, lines, combinations, weight, rows, length, period, gap) => [
    ...withGaps(singlesOut, 'dx', dx, rows, length, period, gap),
    ...withGaps(singlesIn, 'g', g, rows, length, period, gap),
    ...withGaps(singlesIn, 'x', x, rows, length, period, gap),
    linesIn('lines', lines, Math.min(rows, period)),
    combinationsIn('combinations', combinations, Math.min(rows, period)),
    ...optional(singlesIn('weight', weight, length)),
  ],
  combineColumns: (dx, g, x, lines, combinations, rows, columns, stride, scratch) => [
    ...withGaps(singlesOut, 'dx', dx, rows, columns, 1, stride - columns),
    ...withGaps(singlesIn, 'g', g, rows, columns, 1, stride - columns),
    ...withGaps(singlesIn, 'x', x, rows, columns, 1, stride - columns),
    linesIn('lines', lines, columns),
    combinationsIn('combinations', combinations, columns),
    singlesScratch('scratch', scratch, inFours(columns) * 8),
  ],
};
