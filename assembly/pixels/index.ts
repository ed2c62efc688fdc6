// Kernels of pictures, a module of its own that only users of pictures load. A pixel is four
// bytes: red, green, blue, alpha. Parameters come in the order outputs, inputs, sizes, scalars.
// Where alpha is 0 a pixel counts in no sum and is copied as it is. Every count of pixels is a
// multiple of 16: the caller fills up with pixels of alpha 0, so no kernel has a tail.

export { toBytes } from './bytes';
export { chooseByMask, hideByMask } from './masks';
export { addByteMoments, addWordMoments } from './moments';
export { toChannelsLast, toPlanes } from './planes';
export { recolour, recolourByLines } from './recolour';
export { findSpaceMoments, recolourInSpace } from './spaces';
export { findTissue } from './tissue';
export { toValues } from './values';
