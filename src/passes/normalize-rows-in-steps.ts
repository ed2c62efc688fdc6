import type { Memory, Plan } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import { MAX_CHANNELS, MAX_ELEMENTS, MOMENTS } from '../memory/sizes.ts';
import type { MomentsSink } from '../statistics/record.ts';
import { type GroupStrip, GroupStrips } from '../views/strips.ts';
import { type Affine, prepareDeviations, prepareRowLines } from './lines.ts';

// Operand that are normalized together: few enough to stay in the second-level cache.
const STRIP_ELEMENTS = 16384;

/** Says whether the weights of a row, which has some elements, fit the scratch. */
export function fitsSteps(length: number): boolean {
  return length > 0 && length <= MAX_ELEMENTS;
}

/** Normalizes strips of rows, whose deviations are not those that a kernel makes. */
export class NormalizeRowsInSteps implements Plan<GroupStrip> {
  readonly output: Operand;
  readonly input: Operand;
  readonly gradOutput = null;
  readonly strips: GroupStrips;
  readonly #affine: Affine;
  readonly #sink: MomentsSink | null;

  constructor(
    output: Operand,
    input: Operand,
    count: number,
    length: number,
    affine: Affine,
    sink: MomentsSink | null,
  ) {
    this.output = output;
    this.input = input;
    this.#affine = affine;
    this.#sink = sink;
    const rows = { count, groupSize: length, length: 1, period: length };
    const fits = Math.max(1, Math.floor(STRIP_ELEMENTS / length));
    this.strips = new GroupStrips(rows, Math.min(MAX_CHANNELS, fits));
  }

  work(memory: Memory, { first, rows, length }: GroupStrip, y: number, x: number): void {
    const { kernels, moments, lines } = memory;
    const { weight, bias } = this.#affine;
    moments.values.fill(0, 0, rows * MOMENTS);
    kernels.addMoments(moments.at, x, rows, length, rows, 0);
    this.#sink?.add(moments.values, first, rows);
    prepareDeviations(memory, rows, this.#affine);
    prepareRowLines(memory, rows, this.#affine);
    const w = memory.loadWeight(weight, 0, length);
    const b = memory.loadBias(bias, 0, length);
    kernels.applyElements(y, x, lines.at, w, b, rows, length);
  }
}
