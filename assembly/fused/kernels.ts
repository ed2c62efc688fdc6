// Kernels of the forward pass that those of gradients call. The compiler imports what is only
// declared from a module named like this file: 'kernels'. See index.ts for what they do.

export declare function addMoments(
  moments: usize,
  x: usize,
  rows: usize,
  length: usize,
  period: usize,
  gap: usize,
): void;

export declare function findScales(
  moments: usize,
  means: usize,
  variances: usize,
  scales: usize,
  sums: usize,
  gradientSums: usize,
  products: usize,
  g: usize,
  x: usize,
  samples: usize,
  rows: usize,
  columns: usize,
  width: usize,
  groupSize: usize,
  eps: f64,
): void;

export declare function makeLines(
  lines: usize,
  moments: usize,
  weight: usize,
  bias: usize,
  rows: usize,
  groupSize: usize,
  first: usize,
  period: usize,
  times: usize,
  eps: f64,
  centred: bool,
): void;
