// The way of a channel's values: from the photograph to mean 0 and deviation 1, and on to the
// colour source as far as the strength says. Each step is a line, and so is all between.

import type { Channel } from '../restyle/channels.ts';

/** Mean and standard deviation. */
export interface Spread {
  readonly mean: number;
  readonly std: number;
}

/** A line: value times slope plus shift. */
export interface Line {
  readonly slope: number;
  readonly shift: number;
}

/** How many deviations the axis of normalized values has on each side of 0. */
export const DEVIATIONS = 3;

/** A deviation of 0 can't be divided by. */
const LEAST = 1e-6;

/** A channel's values at one step of the way. */
export interface Step {
  /** From values of the photograph to the axis: 0 at its left end, 1 at its right. */
  readonly line: Line;
  /** As the axis counts there. */
  readonly spread: Spread;
  /** The same on the axis. */
  readonly mark: Spread;
}

/**
 * Returns the steps: as photographed, normalized, restyled.
 *
 * @param result what has come of it, where that is known: values that are cut off change it
 */
export function stepsOf(
  channel: Channel,
  content: Spread,
  style: Spread,
  strength: number,
  result: Spread | null,
): readonly [Step, Step, Step] {
  const { low, high } = channel;
  const toAxis = { slope: 1 / (high - low), shift: -low / (high - low) };
  const deviation = Math.max(content.std, LEAST);
  const normalize = { slope: 1 / deviation, shift: -content.mean / deviation };
  const fromDeviations = { slope: 1 / (2 * DEVIATIONS), shift: 0.5 };
  const ratio = style.std / deviation;
  const restyle = {
    slope: 1 - strength + strength * ratio,
    shift: strength * (style.mean - content.mean * ratio),
  };
  const restyled = result ?? moveSpread(content, restyle);
  const shown = { slope: channel.unit, shift: 0 };
  return [
    {
      line: toAxis,
      spread: moveSpread(content, shown),
      mark: moveSpread(content, toAxis),
    },
    {
      line: after(normalize, fromDeviations),
      spread: { mean: 0, std: 1 },
      mark: moveSpread({ mean: 0, std: 1 }, fromDeviations),
    },
    {
      line: after(restyle, toAxis),
      spread: moveSpread(restyled, shown),
      mark: moveSpread(restyled, toAxis),
    },
  ];
}

/** Turns a line from values to the axis into one from shares of the channel's range. */
export function inBins({ slope, shift }: Line, { low, high }: Channel): Line {
  return { slope: slope * (high - low), shift: shift + slope * low };
}

/** Returns the share of values that lie beyond the ends of the axis. */
export function shareBeyond(bins: Float32Array, { slope, shift }: Line): number {
  // A byte that rounds to an end is not beyond it.
  const margin = 0.5 / bins.length;
  return bins.reduce((sum, share, bin) => {
    const at = slope * (bin / (bins.length - 1)) + shift;
    return at < -margin || at > 1 + margin ? sum + share : sum;
  }, 0);
}

/** Returns a step between two: `at` is 0 for the first, 1 for the second, 2 for the third. */
export function stepAt(steps: readonly [Step, Step, Step], at: number): Step {
  const [from, to] = at < 1 ? [steps[0], steps[1]] : [steps[1], steps[2]];
  const share = at < 1 ? at : at - 1;
  const mix = (a: number, b: number) => a + share * (b - a);
  const mixSpread = (a: Spread, b: Spread) => ({
    mean: mix(a.mean, b.mean),
    std: mix(a.std, b.std),
  });
  return {
    line: {
      slope: mix(from.line.slope, to.line.slope),
      shift: mix(from.line.shift, to.line.shift),
    },
    spread: mixSpread(from.spread, to.spread),
    mark: mixSpread(from.mark, to.mark),
  };
}

/** Moves values of a mean and deviation along a line. */
function moveSpread({ mean, std }: Spread, { slope, shift }: Line): Spread {
  return { mean: mean * slope + shift, std: std * slope };
}

/** Returns the one line that two make. */
function after(first: Line, second: Line): Line {
  return {
    slope: first.slope * second.slope,
    shift: first.shift * second.slope + second.shift,
  };
}

/**
 * Moves a histogram along a line of its bins, spreading each bin over those that it falls on.
 *
 * @param atEnds the share of what falls off an end that is piled up there, as clamping does
 */
export function moveBins(
  bins: Float32Array,
  line: Line,
  count: number,
  atEnds: number,
): Float32Array {
  const moved = new Float32Array(count);
  const add = (bin: number, share: number) => {
    const isInside = bin >= 0 && bin < count;
    const at = Math.min(count - 1, Math.max(0, bin));
    moved[at] = (moved[at] as number) + (isInside ? share : share * atEnds);
  };
  for (const [bin, share] of bins.entries()) {
    if (share === 0) continue;
    const start = (line.slope * (bin / bins.length) + line.shift) * count;
    const width = Math.max(1e-6, (line.slope / bins.length) * count);
    const end = start + width;
    for (let at = Math.floor(start); at < end; at++) {
      const covered = Math.min(end, at + 1) - Math.max(start, at);
      add(at, (share * covered) / width);
    }
  }
  return moved;
}
