import type { Memory } from '../memory/memory.ts';
import { MOMENTS } from '../memory/sizes.ts';
import { addMoments, findMoments, mergeGroups } from '../statistics/moments.ts';
import { isRowwise } from '../tensor/channels.ts';
import { GroupScopes, groupRows, type Scope } from '../views/scopes.ts';
import type { ChannelWork } from './channel-arguments.ts';
import type { Affine } from './lines.ts';

// Samples of up to so many elements are taken many at once as columns, which is faster than each
// as a scope.
const MAX_SMALL_SAMPLE = 2048;

/**
 * Says whether each group's channels lie in rows, one in each place, that are long enough: a row
 * takes some 36 ns as a whole, and a column 10 ns and 0.7 ns more for each place.
 */
function hasRows({ tensor, groupSize }: ChannelWork): boolean {
  const { channels, spatial } = tensor;
  if (isRowwise(tensor) || channels * spatial <= MAX_SMALL_SAMPLE) return false;
  return groupSize * (10 / spatial + 0.7) > 36;
}

/** Says whether each channel needs a line of its own. */
function hasParameters({ weight, bias }: Affine): boolean {
  return weight !== null || bias !== null;
}

/**
 * Returns the same normalization with each group as a channel of all its elements, where these
 * lie side by side and need no lines for each channel; else itself.
 */
export function groupsAsWholes(args: ChannelWork): ChannelWork {
  const { tensor, affine, groupSize } = args;
  const { channels, spatial } = tensor;
  const isWhole = spatial === 1 || isRowwise(tensor);
  if (groupSize === 1 || hasParameters(affine) || !isWhole) return args;
  const wholes = { channels: channels / groupSize, spatial: groupSize * spatial };
  return { ...args, tensor: { ...tensor, ...wholes, layout: 'nchw' }, groupSize: 1 };
}

/** Returns the same normalization with each group as a channel, where they are such rows; else null. */
export function groupsAsChannels(
  args: ChannelWork,
): { readonly args: ChannelWork; readonly scopes: GroupScopes } | null {
  const { tensor, affine, groupSize } = args;
  if (hasParameters(affine) || tensor.spatial === 1 || !hasRows(args)) return null;
  return { args: { ...args, groupSize: 1 }, scopes: new GroupScopes(tensor, groupSize) };
}

/** Finds the moments of a scope's groups, which the memory's moments then are. */
export function findGroupMoments(memory: Memory, scope: Scope, args: ChannelWork): void {
  const { input, tensor, groupSize } = args;
  if (!hasRows(args)) {
    findMoments(memory, scope, input.data);
    mergeGroups(memory, scope, groupSize);
    return;
  }
  const groups = scope.channels / groupSize;
  memory.moments.values.fill(0, 0, groups * MOMENTS);
  const rows = groupRows(tensor, groupSize, scope.first / groupSize, groups);
  addMoments(memory, rows, input.data);
}
