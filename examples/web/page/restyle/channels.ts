// The spaces in which channels are matched, and how the page shows their channels.

/** The spaces that the page offers. */
export const SPACES = ['rgb', 'oklab'] as const;

export type Space = (typeof SPACES)[number];

/** How a channel is shown. */
export interface Channel {
  readonly name: string;
  /** The class that colours it. */
  readonly look: string;
  /** The ends of its axis, in the library's unit. */
  readonly low: number;
  readonly high: number;
  /** What the library's unit is multiplied by to be shown: bytes are more familiar. */
  readonly unit: number;
  readonly decimals: number;
}

const byte = (name: string, look: string): Channel => {
  return { name, look, low: 0, high: 1, unit: 255, decimals: 1 };
};

export const CHANNELS: Readonly<Record<Space, readonly Channel[]>> = {
  rgb: [byte('Red', 'red'), byte('Green', 'green'), byte('Blue', 'blue')],
  oklab: [
    { name: 'Lightness', look: 'lightness', low: 0, high: 1, unit: 1, decimals: 3 },
    { name: 'Green to red', look: 'green-red', low: -0.3, high: 0.3, unit: 1, decimals: 3 },
    { name: 'Blue to yellow', look: 'blue-yellow', low: -0.3, high: 0.3, unit: 1, decimals: 3 },
  ],
};
