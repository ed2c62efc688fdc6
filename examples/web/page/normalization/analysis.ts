import { ChannelMoments, type Tensor, type TensorLike } from 'wasm-norm';
import { axesOf, EXTENTS, type Place, placeOf, SIZE, shapeOf } from './batch.ts';
import { nameRange } from './names.ts';
import { makeLayer, type Norm } from './norm.ts';
import { findSets } from './sharing.ts';

/** Mean and biased standard deviation. */
export interface Moments {
  readonly mean: number;
  readonly std: number;
}

/** Values that share their statistics. */
export interface SharedSet {
  /** What they have in common: photograph, red to blue. */
  readonly name: string;
  /** Where they lie in memory. */
  readonly members: readonly number[];
  readonly before: Moments;
  readonly after: Moments;
}

/** All that the section shows of a batch and a normalization. */
export interface Analysis {
  readonly norm: Norm;
  readonly code: string;
  readonly before: Float32Array;
  readonly after: Float32Array;
  readonly sets: readonly SharedSet[];
  /** The set of each value in memory. */
  readonly setOf: readonly number[];
}

/** Normalizes a batch, and finds what shares its statistics. */
export function analyse(norm: Norm, valueAt: (place: Place) => number): Analysis {
  const shape = shapeOf(norm.layout);
  const before = Float32Array.from({ length: SIZE }, (_, i) => valueAt(placeOf(i, norm.layout)));
  const { layer, code } = makeLayer(norm);
  const { data: after }: Tensor = layer.forward({ data: before, shape });
  const setOf = new Array<number>(SIZE).fill(-1);
  const sets = findSets(layer, shape).map((members, set): SharedSet => {
    for (const member of members) setOf[member] = set;
    return {
      name: describe(members.map((member) => placeOf(member, norm.layout))),
      members,
      before: momentsOf(before, members),
      after: momentsOf(after, members),
    };
  });
  return { norm, code, before, after, sets, setOf };
}

function momentsOf(data: Float32Array, members: readonly number[]): Moments {
  const values = Float32Array.from(members, (member) => data[member] as number);
  const x: TensorLike = { data: values, shape: [1, 1, values.length] };
  const moments = new ChannelMoments(1).update(x);
  return { mean: moments.mean[0] as number, std: moments.std()[0] as number };
}

/** Names what places have in common; an axis that they span is left out. */
function describe(places: readonly Place[]): string {
  const parts = axesOf('nchw').flatMap((axis) => {
    const found = places.map((place) => place[axis]);
    const [first, last] = [Math.min(...found), Math.max(...found)];
    return last - first + 1 === EXTENTS[axis] ? [] : [nameRange(axis, first, last)];
  });
  return parts.join(', ');
}
