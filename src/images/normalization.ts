import { checkFinite, checkOptions } from '../checks/options.ts';
import { refuseValue } from '../checks/refuse.ts';
import { checkLayout, type Layout } from '../tensor/channels.ts';

/** How bytes become values: (byte / 255 - mean) / std, and where the channels lie. */
export interface NormalizationOptions {
  /** Subtracted from each channel's values of 0 to 1; one number or three; 0 by default. */
  readonly mean?: number | readonly number[] | undefined;
  /** Divides the differences; one number or three; 1 by default. */
  readonly std?: number | readonly number[] | undefined;
  /** Where the channels lie; 'nchw' by default. */
  readonly layout?: Layout | undefined;
}

/** Options of either function after they were read. */
export interface Normalization {
  readonly means: readonly number[];
  readonly stds: readonly number[];
  readonly layout: Layout;
  readonly out: unknown;
}

/** Reads the options of either function once. */
export function readNormalization(
  options: NormalizationOptions & { readonly out?: unknown },
): Normalization {
  checkOptions(options, ['mean', 'std', 'layout', 'out']);
  const { mean = 0, std = 1, layout = 'nchw', out } = options;
  const means = readTriple(mean, 'mean');
  const stds = readTriple(std, 'std');
  if (stds.includes(0)) refuseValue('std', 'numbers other than 0', 0);
  checkLayout(layout);
  return { means, stds, layout, out };
}

function readTriple(value: unknown, name: string): readonly number[] {
  const triple: readonly unknown[] = Array.isArray(value) ? [...value] : [value, value, value];
  if (triple.length !== 3) {
    refuseValue(name, 'one number or three', triple.length);
  }
  for (const item of triple) checkFinite(item, name);
  return triple as readonly number[];
}
