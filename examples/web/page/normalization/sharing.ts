// Which values share a mean: found, not known. A normalized value depends on just
// the inputs that it shares statistics with, so the gradient of one output value
// is other than 0 at those inputs alone.

import type { Layer } from 'wasm-norm';

type Shape = readonly number[];

/** Finds what shares statistics with an element: a flag for each. Sets have at least 3 values. */
export function findSharing(layer: Layer, shape: Shape, element: number): boolean[] {
  const size = shape.reduce((product, extent) => product * extent, 1);
  // Spread over [1, 2) without a pattern, so that no gradient is 0 by accident.
  const values = Float32Array.from(
    { length: size },
    (_, i) => 1 + ((i * i * Math.SQRT2 + i / 3) % 1),
  );
  const oneHot = new Float32Array(size);
  oneHot[element] = 1;
  layer.forward({ data: values, shape });
  const { input } = layer.backward({ data: oneHot, shape });
  return Array.from(input.data, (gradient) => gradient !== 0);
}

/** Returns the sets of elements that share statistics, in the order of their first. */
export function findSets(layer: Layer, shape: Shape): number[][] {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const sets: number[][] = [];
  const isFound = new Array<boolean>(size).fill(false);
  for (let element = 0; element < size; element++) {
    if (isFound[element]) continue;
    const members = [...findSharing(layer, shape, element).entries()]
      .filter(([, shares]) => shares)
      .map(([member]) => member);
    for (const member of members) isFound[member] = true;
    sets.push(members);
  }
  return sets;
}
