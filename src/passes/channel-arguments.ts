import type { Memory } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import type { StatisticsRecord } from '../statistics/record.ts';
import type { RunningStats } from '../statistics/running-average.ts';
import type { ChannelTensor } from '../tensor/channels.ts';
import type { Output } from '../tensor/output.ts';
import type { CheckedTensor } from '../tensor/tensor.ts';
import type { MaskedPart } from '../views/masked-part.ts';
import { BatchScopes, type BatchUse, SampleScopes, type Scopes } from '../views/scopes.ts';
import { type Affine, affineOfSets } from './lines.ts';

// So many channels of a batch are cut evenly enough among threads, however long they are.
const CHANNELS_OF_THREAD = 2;

/** A tensor that is normalized, or what a mask holds of one. */
export interface ChannelWork {
  readonly input: { readonly data: Operand };
  readonly output: { readonly data: Operand };
  readonly tensor: ChannelTensor;
  /** Weight and bias, repeated to one length. */
  readonly affine: Affine;
  /** Whether a channel has statistics of its own in each sample, or the same in all. */
  readonly sharing: 'sample' | 'batch';
  /** How many consecutive channels have a mean and variance in common. */
  readonly groupSize: number;
}

/** Checked arguments of instance, batch and group normalization. */
export interface ChannelArguments extends ChannelWork {
  readonly input: CheckedTensor;
  readonly output: Output;
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
  /** What to normalize by instead of the input's own statistics. */
  readonly fixed: RunningStats | null;
  /** What the input's own statistics move. */
  readonly moving: MovingStats | null;
  /** What the caller is given of the input's own statistics. */
  readonly record: StatisticsRecord | null;
}

/** Running statistics, of which either may be absent, and how they move. */
export interface MovingStats {
  readonly mean: Float32Array | null;
  readonly variance: Float32Array | null;
  /** The share of the new value. */
  readonly momentum: number;
  /** Whether a variance divides by n - 1 instead of n. */
  readonly unbiased: boolean;
}

/** Returns the work on a part of a tensor. */
export function workOn(
  { input, output, tensor, affine, sharing, groupSize }: ChannelArguments,
  part: MaskedPart,
): ChannelWork {
  return {
    input: { data: part.select(input.data) },
    output: { data: part.select(output.data) },
    tensor: part.tensor,
    affine: affineOfSets(affine, part.first, part.samples, tensor.channels),
    sharing,
    groupSize,
  };
}

/** The scopes whose elements share statistics. */
export function ownScopes(memory: Memory, args: ChannelWork): Scopes {
  const { tensor, sharing, groupSize } = args;
  return sharing === 'batch'
    ? batchScopes(memory, args, 'moments')
    : new SampleScopes(tensor, groupSize, memory.tileSize);
}

/** The scopes to tell apart where statistics are given: those with weights of their own. */
export function parameterScopes(memory: Memory, args: ChannelWork, use: BatchUse): Scopes {
  const { tensor, affine } = args;
  const parameters = affine.weight?.length ?? affine.bias?.length ?? tensor.channels;
  return parameters === tensor.channels
    ? batchScopes(memory, args, use)
    : new SampleScopes(tensor, 1, memory.tileSize);
}

function batchScopes(
  memory: Memory,
  { tensor, input, output }: ChannelWork,
  use: BatchUse,
): Scopes {
  const { threads, tileSize } = memory;
  if (threads === 1) return new BatchScopes(tensor, tileSize, use);
  const inPlace = memory.holds(input.data) && memory.holds(output.data);
  // Threads share the channels of a scope, and what is copied at once.
  const piece = inPlace ? CHANNELS_OF_THREAD * threads * tensor.spatial : tileSize;
  return new BatchScopes(tensor, tileSize, use, piece);
}
