// The kernels: loops that know addresses, counts and scalars, and nothing of
// layers, layouts or objects. Addresses and counts are `usize`, a count is in
// elements, and the order is outputs, inputs, sizes, scalars. Address 0 stands
// for "absent": nothing is ever placed there.

export { applyRows } from './apply';
export { makeLines } from './line';
export { addMoments } from './moments';
export { normalizeRows } from './normalize';
