export type Shape = readonly number[];
export type Layout = 'nchw' | 'nhwc';

/** A tensor's shape and where its channels lie in it. */
export interface Place {
  readonly shape: Shape;
  readonly layout: Layout;
  /** C, or the number of features of a token. */
  readonly channels: number;
}

/** Images in real models, as (N, C, H, W). */
export const IMAGES: readonly Shape[] = [
  [1, 32, 512, 512], // style transfer, first layers
  [1, 64, 256, 256],
  [1, 128, 128, 128], // and its residual blocks
  [8, 64, 56, 56], // ResNet-50, first stage
  [32, 256, 14, 14], // third stage
  [16, 512, 7, 7], // last stage
  [1, 3, 1080, 1920], // a photograph
  [2, 3, 3, 3], // almost nothing: what a call costs
];

/** Tokens in real models, as (*, features). */
export const TOKENS: readonly Shape[] = [
  [256, 768], // BERT
  [8, 1024, 4096], // Llama 7B
  [6, 9], // what a call costs
];

/** Rearranges (N, C, H, W) for a layout. */
export function inLayout(shape: Shape, layout: Layout): Shape {
  const [samples, channels, ...spatial] = shape as [number, number, ...number[]];
  return layout === 'nchw' ? shape : [samples, ...spatial, channels];
}

/** GroupNorm's usual 32 groups if they divide the channels, else 1. */
export function groupsOf(channels: number): number {
  return channels % 32 === 0 ? 32 : 1;
}

/** Spells a shape as tables and filters do: 8x64x56x56. */
export function shapeName(shape: Shape): string {
  return shape.join('x');
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((size, length) => size * length, 1);
}
