import type { Elements } from '../memory/elements.ts';
import { memoryFor } from '../memory/memory.ts';
import { type MomentsSink, shifted } from '../statistics/record.ts';
import { RunningAverage, type RunningStats } from '../statistics/running-average.ts';
import type { ChannelTensor } from '../tensor/channels.ts';
import type { AnyTensor } from '../tensor/tensor.ts';
import { clearMasked, partFrom } from '../views/masked-part.ts';
import {
  type ChannelArguments,
  type ChannelWork,
  ownScopes,
  parameterScopes,
  workOn,
} from './channel-arguments.ts';
import { type FewRows, fewRowsOfScope } from './few-rows.ts';
import { findGroupMoments, groupsAsChannels } from './group-rows.ts';
import { applyLines, prepareDeviations, prepareGivenLines, prepareLines } from './lines.ts';
import { NormalizeColumns } from './normalize-columns.ts';
import { normalizeInStrips } from './normalize-rows.ts';
import { ownWay } from './way.ts';

/**
 * Normalizes channels, or groups of them, by given statistics; or by the input's own,
 * which then move the running ones.
 */
export function normalizeChannels(args: ChannelArguments): AnyTensor {
  const { output, tensor, moving, record } = args;
  if (moving === null) {
    normalizeParts(args, record?.start(null) ?? null);
  } else {
    const average = new RunningAverage(tensor.channels, moving.unbiased);
    normalizeParts(args, record ? record.start(average) : average);
    average.move(moving.mean, moving.variance, moving.momentum);
  }
  clearPadding(output.data, tensor);
  return output.tensor;
}

/** Normalizes what a mask holds; without one, all. */
function normalizeParts(args: ChannelArguments, sink: MomentsSink | null): void {
  const { tensor, sharing, groupSize, fixed } = args;
  if (tensor.mask === null) {
    normalizePart(args, fixed, sink);
    return;
  }
  const scopes = tensor.channels / groupSize;
  for (let first = 0; first < tensor.samples; ) {
    const part = partFrom(tensor, sharing, first);
    normalizePart(workOn(args, part), fixed, shifted(sink, first * scopes));
    first += part.samples;
  }
}

function normalizePart(
  work: ChannelWork,
  fixed: RunningStats | null,
  sink: MomentsSink | null,
): void {
  if (fixed === null) normalizeOwn(work, sink);
  else normalizeFixed(work, fixed);
}

/**
 * Normalizes by the input's own statistics.
 *
 * @param sink is given the moments, where it is not null
 */
function normalizeOwn(args: ChannelWork, sink: MomentsSink | null): void {
  const { input, output, affine } = args;
  const way = ownWay(args, false);
  if (way?.by === 'columns') normalizeColumns(args, way.columns, sink);
  else if (way?.by === 'rows') normalizeInStrips(output.data, input.data, way.rows, affine, sink);
  else normalizeScopes(args, sink);
}

function normalizeColumns(
  { input, output, affine }: ChannelWork,
  columns: FewRows,
  sink: MomentsSink | null,
): void {
  const memory = memoryFor(0, output.data, input.data);
  memory.run(new NormalizeColumns(output.data, input.data, columns, affine, sink));
}

/** Normalizes each scope by its own statistics. */
function normalizeScopes(given: ChannelWork, sink: MomentsSink | null): void {
  const groups = groupsAsChannels(given);
  const args = groups?.args ?? given;
  const { input, output, affine, groupSize } = args;
  // An empty tensor may have groups of any size.
  const most = Math.min(groupSize, input.data.length);
  const memory = memoryFor(most, output.data, input.data);
  const scopes = groups?.scopes ?? ownScopes(memory, args);
  for (let i = 0; i < scopes.count; i++) {
    const scope = scopes.scope(i);
    if (scope === null) continue;
    const columns = fewRowsOfScope(args, scope, false);
    if (columns !== null) {
      normalizeColumns(args, columns, sink);
      continue;
    }
    findGroupMoments(memory, scope, args);
    const count = scope.channels / groupSize;
    sink?.add(memory.moments.values, scope.first / groupSize, count);
    prepareDeviations(memory, count, affine);
    prepareLines(memory, scope, groupSize, affine);
    applyLines(memory, scope, output.data, input.data);
  }
}

/** Normalizes by given statistics. */
function normalizeFixed(args: ChannelWork, fixed: RunningStats): void {
  const { input, output, affine } = args;
  const memory = memoryFor(0, output.data, input.data);
  const scopes = parameterScopes(memory, args, 'lines');
  for (let i = 0; i < scopes.count; i++) {
    const scope = scopes.scope(i);
    if (scope === null) continue;
    prepareGivenLines(memory, scope, fixed, affine);
    applyLines(memory, scope, output.data, input.data);
  }
}

/** Fills with 0 what is not valid: past each sample's length, or not held by the mask. */
export function clearPadding(output: Elements, tensor: ChannelTensor): void {
  const { samples, channels, spatial, layout, lengths } = tensor;
  clearMasked(output, tensor);
  if (lengths === null) return;
  for (let sample = 0; sample < samples; sample++) {
    const start = sample * channels * spatial;
    const length = lengths[sample] as number;
    if (layout === 'nhwc') {
      output.fill(0, start + length * channels, start + spatial * channels);
    } else {
      for (let row = start; row < start + channels * spatial; row += spatial) {
        output.fill(0, row + length, row + spatial);
      }
    }
  }
}
