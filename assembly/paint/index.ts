// Kernels of convolutions, which the painting of photographs loads. The library holds none of them.

export { addColours } from './colours';
export { convolveDense } from './dense';
export { convolveDepthwise } from './depthwise';
export { add, rectify } from './elements';
