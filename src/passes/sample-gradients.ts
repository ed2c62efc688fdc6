import { MAX_CHANNELS } from '../memory/sizes.ts';
import { findMoments, mergeGroups } from '../statistics/moments.ts';
import { type ChannelTensor, isRowwise } from '../tensor/channels.ts';
import { forEachSampleScope } from '../views/scopes.ts';
import { capacityFor, forEachBatch, type Rows } from '../views/strips.ts';
import type { Differentiation } from './gradients.ts';
import { addScopeGradients } from './scope-gradients.ts';

/**
 * Finds the gradients of a tensor whose samples' channels have statistics of their
 * own, `share` of them together: instance and group normalization.
 */
export function addSampleGradients(
  differentiation: Differentiation,
  tensor: ChannelTensor,
  share: number,
): void {
  const { memory, gradInput, gradOutput, input, affine } = differentiation;
  const { samples, channels, spatial, lengths } = tensor;
  const rows: Rows = {
    count: (samples * channels) / share,
    share,
    length: spatial,
    period: affine.weight?.length ?? channels,
  };
  // The moments of a group that no tile holds are merged of its channels', wherever it lies.
  const inPlace =
    share === 1 && [gradInput, gradOutput, input].every((array) => memory.holds(array));
  const capacity = Math.min(capacityFor(rows, inPlace), Math.floor(MAX_CHANNELS / share));
  if (isRowwise(tensor) && lengths === null && capacity > 0) {
    if (spatial > 0) differentiateRows(differentiation, rows, capacity);
    return;
  }
  forEachSampleScope(
    tensor,
    (scope) => {
      findMoments(memory, input, scope);
      mergeGroups(memory, scope, share);
      addScopeGradients(differentiation, scope, share, false);
    },
    share,
  );
}

/** Finds the gradients of rows, reading them from memory once. */
function differentiateRows(
  { memory, gradInput, gradOutput, input, affine, parameters }: Differentiation,
  rows: Rows,
  capacity: number,
): void {
  const { share, length } = rows;
  const { kernels, sums, products } = memory;
  forEachBatch(rows, capacity, ({ tile, first, rows: batch, channel, channels }) => {
    const w = memory.loadWeight(affine.weight, channel, channels);
    const x = memory.load(input, tile);
    const g = memory.loadGradient(gradOutput, tile);
    const dx = memory.target(gradInput, tile);
    kernels.differentiateRows(
      dx,
      memory.sumsAt,
      memory.productsAt,
      memory.statesAt,
      memory.linesAt,
      memory.combinationsAt,
      g,
      x,
      w,
      batch,
      share,
      length,
      channels,
      affine.eps,
    );
    memory.store(gradInput, tile);
    parameters.add(first * share, batch * share, sums, products);
  });
}
