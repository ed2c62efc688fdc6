/** Shapes of real models' tensors, as (N, C, *). */
export const CHANNEL_SHAPES: readonly (readonly number[])[] = [
  [1, 32, 512, 512], // style transfer, first layers
  [1, 64, 256, 256],
  [1, 128, 128, 128], // and its residual blocks
  [8, 64, 56, 56], // ResNet-50, first stage
  [32, 256, 14, 14], // third stage
  [16, 512, 7, 7], // last stage
  [1, 3, 1080, 1920], // a photograph
  [2, 3, 3, 3], // next to nothing: what a call costs
];

/** Spells a shape as tables and filters do: 8x64x56x56. */
export function shapeName(shape: readonly number[]): string {
  return shape.join('x');
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
