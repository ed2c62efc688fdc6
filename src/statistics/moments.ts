import type { Memory } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import { F64, MOMENTS } from '../memory/sizes.ts';
import type { Scope } from '../views/scopes.ts';
import type { Operation, View } from '../views/view.ts';

const ADD_MOMENTS: Operation = {
  takesStrides: false,
  rows({ kernels, moments }, { rows, length, channel, period, gap }, _y, x) {
    kernels.addMoments(moments.at + channel * MOMENTS * F64, x, rows, length, period, gap);
  },
  columns({ kernels, moments, columnsAt }, { rows, length }, _y, x) {
    kernels.addColumnMoments(moments.at, x, rows, length, columnsAt);
  },
};

const ADD_MOMENTS_F64: Operation = {
  takesStrides: false,
  rows({ kernels, moments }, { rows, length, channel, period, gap }, _y, x) {
    kernels.addMomentsF64(moments.at + channel * MOMENTS * F64, x, rows, length, period, gap);
  },
  columns({ kernels, moments }, { rows, length }, _y, x) {
    kernels.addColumnMomentsF64(moments.at, x, rows, length);
  },
};

/** Finds the moments of a scope's channels, which the memory's moments then are. */
export function findMoments(memory: Memory, scope: Scope, input: Operand): void {
  findMomentsBy(ADD_MOMENTS, memory, scope, input);
}

/** Finds them in float64 throughout, for statistics that are merged from many parts. */
export function findMomentsF64(memory: Memory, scope: Scope, input: Operand): void {
  findMomentsBy(ADD_MOMENTS_F64, memory, scope, input);
}

function findMomentsBy(operation: Operation, memory: Memory, scope: Scope, input: Operand): void {
  const columns = scope.channels * scope.width;
  memory.moments.values.fill(0, 0, columns * MOMENTS);
  for (let i = 0; i < scope.views; i++) {
    addViewMoments(operation, memory, scope.view(i), input);
  }
  mergeConsecutive(memory, columns, scope.width);
}

/** Adds the moments of a view's channels to those in the memory. */
export function addMoments(memory: Memory, view: View, input: Operand): void {
  addViewMoments(ADD_MOMENTS, memory, view, input);
}

function addViewMoments(operation: Operation, memory: Memory, view: View, input: Operand): void {
  const { kernels, moments } = memory;
  const { channels, fold } = view;
  if (fold === 1) {
    view.run(memory, operation, { output: null, input, gradOutput: null });
    return;
  }
  moments.values.fill(0, channels * MOMENTS, channels * fold * MOMENTS);
  view.run(memory, operation, { output: null, input, gradOutput: null });
  const folded = moments.at + channels * MOMENTS * F64;
  kernels.mergeMoments(moments.at, folded, channels * (fold - 1), 1, channels);
}

/** Merges the moments of each `groupSize` consecutive channels of a scope. */
export function mergeGroups(memory: Memory, { channels }: Scope, groupSize: number): void {
  mergeConsecutive(memory, channels, groupSize);
}

/** Merges the moments of each `size` consecutive ones of `count`. */
function mergeConsecutive(memory: Memory, count: number, size: number): void {
  if (size === 1) return;
  const { kernels, moments, parts } = memory;
  const merged = count / size;
  parts.values.set(moments.values.subarray(0, count * MOMENTS));
  moments.values.fill(0, 0, merged * MOMENTS);
  kernels.mergeMoments(moments.at, parts.at, count, size, merged);
}

/** Sets the moments of a scope to given means and variances, which repeat. */
export function setMoments(
  memory: Memory,
  { first, channels }: Scope,
  mean: ArrayLike<number>,
  variance: ArrayLike<number>,
): void {
  const { values } = memory.moments;
  let from = first % mean.length;
  for (let at = 0; at < channels * MOMENTS; at += MOMENTS) {
    values[at] = 1;
    values[at + 1] = mean[from] as number;
    values[at + 2] = variance[from] as number;
    values[at + 3] = 0;
    if (++from === mean.length) from = 0;
  }
}
