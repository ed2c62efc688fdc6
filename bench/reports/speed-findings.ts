import type { Timing } from './results.ts';

/** What was found of one contestant. */
export interface SpeedFinding {
  readonly contestant: string;
  /** The median of all samples. */
  readonly secondsPerCall: number;
  /** The worst |y - y*| / max(1, |y*|). */
  readonly error: number;
  /** The same on data of mean 1e4 and standard deviation 1. */
  readonly errorFarFromZero: number;
}

/** What was found of all contestants for one problem, in the same run. */
export interface Comparison {
  readonly problem: string;
  readonly shape: string;
  readonly bytes: number;
  readonly findings: readonly SpeedFinding[];
  readonly leftOut: readonly { readonly contestant: string; readonly reason: string }[];
}

/** Keeps the times of a comparison, with four digits. */
export function timingOf({ problem, shape, bytes, findings }: Comparison): Timing {
  const seconds = Object.fromEntries(
    findings.map(({ contestant, secondsPerCall }) => [
      contestant,
      Number(secondsPerCall.toPrecision(4)),
    ]),
  );
  return { problem, shape, bytes, seconds };
}
