import { vectorsOver } from '../kernels/vectors.ts';
import type { Elements } from '../memory/elements.ts';
import { type Memory, memoryFor, type Plan, type Strips } from '../memory/memory.ts';
import { COMBINATION, LINE, TILE_SIZE } from '../memory/sizes.ts';
import type { Tile } from '../memory/tile.ts';
import type { Output } from '../tensor/output.ts';
import type { AnyTensor, CheckedTensor } from '../tensor/tensor.ts';
import type { AxesView } from '../views/axes.ts';
import { capacityOf, fitsScratch, GroupStrips, Pieces } from '../views/strips.ts';
import { fitsColumns } from './columns-of-axes.ts';
import type { AnyGradients } from './gradients.ts';
import { RowsOfAxes } from './rows-of-axes.ts';
import { runTransposed } from './transposed-columns.ts';

/** What vectors are divided by: max(norm of power p, eps). */
interface Norm {
  readonly p: number;
  /** At least 0. */
  readonly eps: number;
}

/** Checked arguments of the normalization of vectors; p is 1, 2 or Infinity. */
export interface VectorArguments extends Norm {
  readonly input: CheckedTensor;
  readonly output: Output;
  /** Where the elements of a vector lie. */
  readonly view: AxesView;
}

/** Divides each vector by its norm. */
export function normalizeVectors({ input, output, view, p, eps }: VectorArguments): AnyTensor {
  run(new Normalization({ p, eps }), output.data, input.data, null, view);
  return output.tensor;
}

/** Finds the gradient of {@link normalizeVectors}. */
export function vectorGradients(
  gradOutput: Elements,
  { input, output, view, p, eps }: VectorArguments,
): AnyGradients {
  run(new Differentiation({ p, eps }), output.data, input.data, gradOutput, view);
  return { input: output.tensor, weight: null, bias: null };
}

/** What is done with vectors that lie in rows. */
interface Pass {
  /** Adds to the numbers that a norm is made of. */
  add(memory: Memory, x: number, g: number, rows: number, length: number): void;
  /** Adds to a number that needs the others of whole rows; null where there is none. */
  readonly addMore: ((memory: Memory, x: number, rows: number, length: number) => void) | null;
  /** Makes of these numbers those that results are made by. */
  prepare(memory: Memory, rows: number): void;
  /** Makes results. */
  apply(memory: Memory, y: number, x: number, g: number, rows: number, length: number): void;
}

function addNorms(
  { instances, sums }: Memory,
  x: number,
  rows: number,
  length: number,
  p: number,
): void {
  const code = p === Number.POSITIVE_INFINITY ? 0 : p;
  vectorsOver(instances).addNorms(sums.at, x, rows, length, code);
}

/** Makes a norm of what was added. */
function normOf(sum: number, p: number): number {
  return p === 2 ? Math.sqrt(sum) : sum;
}

class Normalization implements Pass {
  readonly addMore = null;
  readonly #norm: Norm;

  constructor(norm: Norm) {
    this.#norm = norm;
  }

  add(memory: Memory, x: number, _g: number, rows: number, length: number): void {
    addNorms(memory, x, rows, length, this.#norm.p);
  }

  /** Makes lines without a mean and a shift. */
  prepare({ sums, lines }: Memory, rows: number): void {
    const { p, eps } = this.#norm;
    for (let row = 0; row < rows; row++) {
      const divisor = Math.max(normOf(sums.values[row] as number, p), eps);
      lines.values[row * LINE] = 0;
      lines.values[row * LINE + 1] = divisor === 0 ? 0 : 1 / divisor;
      lines.values[row * LINE + 2] = 0;
    }
  }

  apply({ kernels, lines }: Memory, y: number, x: number, _g: number, ...size: Size): void {
    const [rows, length] = size;
    kernels.applyRows(y, x, lines.at, rows, length, rows, 0);
  }
}

type Size = readonly [rows: number, length: number];

// With n the norm of x, g the gradient of the output and d the sum of g * x,
//
//     dx = g / n - d / n^2 * n'      n' = x / n                  p 2
//                                    n' = sign(x)                p 1
//                                    n' = sign(x) / ties         p Infinity, where |x| = n
//
// and dx = g / eps where n < eps.
class Differentiation implements Pass {
  readonly addMore: Pass['addMore'];
  readonly #norm: Norm;

  constructor(norm: Norm) {
    this.#norm = norm;
    this.addMore = norm.p === Number.POSITIVE_INFINITY ? countTies : null;
  }

  add(memory: Memory, x: number, g: number, rows: number, length: number): void {
    addNorms(memory, x, rows, length, this.#norm.p);
    vectorsOver(memory.instances).addProducts(memory.products.at, g, x, rows, length);
  }

  prepare({ sums, products, elementSums, combinations }: Memory, rows: number): void {
    const { p, eps } = this.#norm;
    for (let row = 0; row < rows; row++) {
      const norm = normOf(sums.values[row] as number, p);
      const slope = (products.values[row] as number) / norm / norm;
      let a = 1 / norm;
      let b = -slope;
      // The magnitude from which an element has a part in n': any but 0 has one.
      let least = Number.MIN_VALUE;
      if (p === 2) {
        b = -slope / norm;
      } else if (p === Number.POSITIVE_INFINITY) {
        b = -slope / (elementSums.values[row] as number);
        least = norm;
      }
      if (norm < eps) [a, b] = [1 / eps, 0];
      // Nothing was divided.
      else if (norm === 0) [a, b] = [0, 0];
      combinations.values[row * COMBINATION] = a;
      combinations.values[row * COMBINATION + 1] = b;
      combinations.values[row * COMBINATION + 2] = least;
    }
  }

  apply(memory: Memory, dx: number, x: number, g: number, rows: number, length: number): void {
    const { combineVectors } = vectorsOver(memory.instances);
    combineVectors(dx, g, x, memory.combinations.at, rows, length, this.#norm.p !== 2);
  }
}

/** Counts the elements of each row that are as large as its norm. */
function countTies(
  { instances, sums, elementSums }: Memory,
  x: number,
  rows: number,
  length: number,
): void {
  vectorsOver(instances).countAtLeast(elementSums.at, x, sums.at, rows, length);
}

/** Does a pass to the vectors of a view. */
function run(
  pass: Pass,
  output: Elements,
  input: Elements,
  gradOutput: Elements | null,
  view: AxesView,
): void {
  const { rows, length } = view;
  if (rows * length === 0) return;
  if (view.isTrailing) {
    runRows(pass, output, input, gradOutput, rows, length);
  } else if (fitsColumns(view)) {
    const transposeOf = (instances: Memory['instances']) => vectorsOver(instances).transpose;
    runTransposed(output, input, gradOutput, view, transposeOf, (...strip) =>
      workRows(pass, ...strip),
    );
  } else {
    runRowsOfAxes(pass, output, input, gradOutput, view);
  }
}

/** Does all of a pass to rows. */
function workRows(
  pass: Pass,
  memory: Memory,
  y: number,
  x: number,
  g: number,
  rows: number,
  length: number,
): void {
  clear(memory, rows);
  pass.add(memory, x, g, rows, length);
  pass.addMore?.(memory, x, rows, length);
  pass.prepare(memory, rows);
  pass.apply(memory, y, x, g, rows, length);
}

function clear({ sums, products, elementSums }: Memory, rows: number): void {
  for (const { values } of [sums, products, elementSums]) values.fill(0, 0, rows);
}

function runRows(
  pass: Pass,
  output: Elements,
  input: Elements,
  gradOutput: Elements | null,
  count: number,
  length: number,
): void {
  const memory = memoryFor(0, output, gradOutput ?? input, input);
  const inPlace = memory.holdsAll({ output, input, gradOutput });
  const most = inPlace ? Infinity : memory.tileSize;
  const rows = { count, groupSize: 1, length, period: 1 };
  if (fitsScratch(rows, most)) {
    memory.run({
      strips: new GroupStrips(rows, capacityOf(rows, most)),
      output,
      input,
      gradOutput,
      work: (memory, strip, y, x, g) => workRows(pass, memory, y, x, g, strip.rows, length),
    });
    return;
  }
  const steps = (strips: Strips<Tile>, to: Elements | null, work: Plan<Tile>['work']) =>
    memory.run({ strips, output: to, input, gradOutput, work });
  for (let row = 0; row < count; row++) {
    const pieces = new Pieces(row * length, length, TILE_SIZE);
    clear(memory, 1);
    steps(pieces, null, (memory, { length }, _y, x, g) => pass.add(memory, x, g, 1, length));
    const { addMore } = pass;
    if (addMore) steps(pieces, null, (memory, { length }, _y, x) => addMore(memory, x, 1, length));
    pass.prepare(memory, 1);
    steps(pieces, output, (memory, { length }, y, x, g) => pass.apply(memory, y, x, g, 1, length));
  }
}

/** Does a pass to rows whose elements lie anywhere, in copies of as many as a tile holds. */
function runRowsOfAxes(
  pass: Pass,
  output: Elements,
  input: Elements,
  gradOutput: Elements | null,
  view: AxesView,
): void {
  const x = new RowsOfAxes(view, input);
  const y = new RowsOfAxes(view, output);
  const g = gradOutput && new RowsOfAxes(view, gradOutput);
  for (let tile = 0; tile < x.tiles; tile++) {
    const rows = x.rowsOf(tile);
    runRows(pass, y.area(tile), x.copyIn(tile), g?.copyIn(tile) ?? null, rows, view.length);
    y.copyOut(tile);
  }
}
