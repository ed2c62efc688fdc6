import {
  BatchNorm,
  GroupNorm,
  InstanceNorm,
  type Layer,
  LayerNorm,
  type Layout,
  RMSNorm,
} from 'wasm-norm';
import { axesOf, EXTENTS, shapeOf } from './batch.ts';

export type Kind = 'batch' | 'layer' | 'instance' | 'group' | 'rms';

/** A normalization and how it sees the batch. */
export interface Norm {
  readonly kind: Kind;
  readonly layout: Layout;
  /** Of group normalization. */
  readonly groups: number;
  /** How many of the last axes layer and RMS normalization take together. */
  readonly trailing: number;
}

/** Makes the layer, and spells the code that does so. */
export function makeLayer({ kind, layout, groups, trailing }: Norm): {
  layer: Layer;
  code: string;
} {
  const channels = EXTENTS.c;
  const normalizedShape = shapeOf(layout).slice(-trailing);
  const option = layout === 'nhwc' ? ", { layout: 'nhwc' }" : '';
  switch (kind) {
    case 'batch':
      return {
        layer: new BatchNorm(channels, { layout }),
        code: `new BatchNorm(${channels}${option})`,
      };
    case 'instance':
      return {
        layer: new InstanceNorm(channels, { layout }),
        code: `new InstanceNorm(${channels}${option})`,
      };
    case 'group':
      return {
        layer: new GroupNorm(groups, channels, { layout }),
        code: `new GroupNorm(${groups}, ${channels}${option})`,
      };
    case 'layer':
      return {
        layer: new LayerNorm(normalizedShape),
        code: `new LayerNorm([${normalizedShape.join(', ')}])`,
      };
    case 'rms':
      return {
        layer: new RMSNorm(normalizedShape),
        code: `new RMSNorm([${normalizedShape.join(', ')}])`,
      };
  }
}

/** Spells the last axes of a layout: C, H, W. */
export function spellAxes(layout: Layout, trailing: number): string {
  return axesOf(layout).slice(-trailing).join(', ').toUpperCase();
}
