import { type Memory, memoryFor, type Plan } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import { MAX_CHANNELS, MOMENTS } from '../memory/sizes.ts';
import { addMoments } from '../statistics/moments.ts';
import type { MomentsSink } from '../statistics/record.ts';
import { rowsOf } from '../views/scopes.ts';
import {
  capacityOf,
  fitsScratch,
  type GroupStrip,
  GroupStrips,
  type Piece,
  Pieces,
  type Rows,
} from '../views/strips.ts';
import {
  type Affine,
  applyViewLines,
  prepareDeviations,
  prepareLines,
  prepareRowLines,
} from './lines.ts';

/**
 * Normalizes each row by its own moments; a row that fits the cache is read from memory
 * once.
 *
 * @param sink is given the moments of each row, where it is not null
 */
export function normalizeInStrips(
  output: Operand,
  input: Operand,
  rows: Rows,
  affine: Affine,
  sink: MomentsSink | null,
): void {
  if (rows.groupSize * rows.length === 0) return;
  const memory = memoryFor(0, output, input);
  const inPlace = memory.holds(output) && memory.holds(input);
  const most = inPlace ? Infinity : memory.tileSize;
  // The kernel knows one deviation.
  if (affine.deviation === null && fitsScratch(rows, most)) {
    memory.run(new NormalizeStrips(output, input, rows, affine, sink, most));
    return;
  }
  for (let row = 0; row < rows.count; row++) {
    normalizeLongRow(memory, output, input, rows, row, affine, sink);
  }
}

/** Normalizes strips of rows, each row by its own moments. */
class NormalizeStrips implements Plan<GroupStrip> {
  readonly output: Operand;
  readonly input: Operand;
  readonly gradOutput = null;
  readonly strips: GroupStrips;
  readonly #rows: Rows;
  readonly #affine: Affine;
  readonly #sink: MomentsSink | null;

  constructor(
    output: Operand,
    input: Operand,
    rows: Rows,
    affine: Affine,
    sink: MomentsSink | null,
    most: number,
  ) {
    this.output = output;
    this.input = input;
    this.#rows = rows;
    this.#affine = affine;
    this.#sink = sink;
    this.strips = new GroupStrips(rows, capacityOf(rows, most));
  }

  work(memory: Memory, { first, rows, channel, channels }: GroupStrip, y: number, x: number): void {
    const { kernels, moments, lines } = memory;
    const { groupSize, length } = this.#rows;
    const { weight, bias, eps, centred } = this.#affine;
    kernels.normalizeRows(
      y,
      moments.at,
      lines.at,
      x,
      memory.loadWeight(weight, channel, channels),
      memory.loadBias(bias, channel, channels),
      rows,
      groupSize,
      length,
      channels,
      eps,
      centred,
    );
    this.#sink?.add(moments.values, first, rows);
  }
}

/** Normalizes a row whose elements don't fit a tile, or whose weights don't fit the scratch. */
function normalizeLongRow(
  memory: Memory,
  output: Operand,
  input: Operand,
  { groupSize, length, period }: Rows,
  row: number,
  affine: Affine,
  sink: MomentsSink | null,
): void {
  const size = groupSize * length;
  const start = row * size;
  const firstChannel = row * groupSize;
  memory.moments.values.fill(0, 0, MOMENTS);
  addMoments(memory, rowsOf(start, 1, size, size), input);
  sink?.add(memory.moments.values, row, 1);
  prepareDeviations(memory, 1, affine);
  if (length === 1) {
    prepareRowLines(memory, 1, affine);
    const pieces = new Pieces(start, size);
    memory.run(new ApplyElements(output, input, pieces, affine, firstChannel % period));
    return;
  }
  for (let done = 0; done < groupSize; done += MAX_CHANNELS) {
    const channels = Math.min(MAX_CHANNELS, groupSize - done);
    const first = firstChannel + done;
    prepareLines(memory, { first, channels, width: 1 }, channels, affine);
    applyViewLines(memory, rowsOf(first * length, channels, length, length), output, input);
  }
}

/** Sends a row along its line, then each element through a weight and a bias of its own. */
class ApplyElements implements Plan<Piece> {
  readonly output: Operand;
  readonly input: Operand;
  readonly gradOutput = null;
  readonly strips: Pieces;
  readonly #affine: Affine;
  readonly #firstWeight: number;

  constructor(
    output: Operand,
    input: Operand,
    pieces: Pieces,
    affine: Affine,
    firstWeight: number,
  ) {
    this.output = output;
    this.input = input;
    this.strips = pieces;
    this.#affine = affine;
    this.#firstWeight = firstWeight;
  }

  work(memory: Memory, { element, length }: Piece, y: number, x: number): void {
    const first = this.#firstWeight + element;
    const w = memory.loadWeight(this.#affine.weight, first, length);
    const b = memory.loadBias(this.#affine.bias, first, length);
    memory.kernels.applyElements(y, x, memory.lines.at, w, b, 1, length);
  }
}
