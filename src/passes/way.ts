import { isRowwise } from '../tensor/channels.ts';
import type { Rows } from '../views/strips.ts';
import type { ChannelWork } from './channel-arguments.ts';
import { type FewRows, fewRowsOf, isOfSamples } from './few-rows.ts';
import { groupsAsWholes } from './group-rows.ts';

/** What the elements that share statistics are seen as; null: scopes, which are taken in steps. */
export type Way =
  /** Columns of few rows, which one kernel takes from moments to results. */
  | { readonly by: 'columns'; readonly columns: FewRows }
  /** Rows, which one kernel takes so where its scratch holds them. */
  | { readonly by: 'rows'; readonly rows: Rows }
  | null;

/**
 * Names the way of a tensor that is normalized by its own statistics.
 *
 * @param backward whether gradients are to be found
 */
export function ownWay(given: ChannelWork, backward: boolean): Way {
  // The kernels that take moments and results at once know one deviation.
  if (given.affine.deviation !== null) return null;
  const args = groupsAsWholes(given);
  const { tensor, affine, groupSize } = args;
  const { samples, channels, spatial, lengths } = tensor;
  const columns = fewRowsOf(args, backward);
  if (columns !== null) return { by: 'columns', columns };
  // Channels of one element lie side by side in both layouts.
  const isRows = isRowwise(tensor) || spatial === 1;
  if (!isOfSamples(args) || !isRows || lengths !== null) return null;
  const period = affine.weight?.length ?? affine.bias?.length ?? channels;
  const count = (samples * channels) / groupSize;
  return { by: 'rows', rows: { count, groupSize, length: spatial, period } };
}
