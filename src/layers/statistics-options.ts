import { checkFinite, checkOneOf } from '../checks/options.ts';
import { refuseValue } from '../checks/refuse.ts';
import type { Elements } from '../memory/elements.ts';
import type { Deviation, EpsMode } from '../statistics/deviation.ts';
import { StatisticsRecord } from '../statistics/record.ts';
import { refuseOverlaps } from '../tensor/overlap.ts';
import { readParameter } from '../tensor/parameters.ts';

/** The option that says what eps is added to. */
export interface EpsModeOption {
  /**
   * What eps is added to: 'variance', the default, divides by sqrt(variance + eps); 'std' by
   * sqrt(variance) + eps.
   */
  readonly epsMode?: EpsMode | undefined;
}

/** Options that say what a normalization divides by. */
export interface DeviationOptions extends EpsModeOption {
  /** The variance that is normalized by divides by n - correction: 0 (the default) or 1. */
  readonly correction?: 0 | 1 | undefined;
}

/** The option that takes what a normalization multiplied by. */
export interface OutRstdOption {
  /**
   * Takes the reciprocal of what each scope was divided by, 1 / sqrt(variance + eps); 0 where
   * that is 0 and where a scope has no elements. A `…Backward` refuses it.
   */
  readonly outRstd?: Float32Array | null | undefined;
}

/** Options that take the statistics that a normalization found. */
export interface StatisticsOptions extends OutRstdOption {
  /**
   * Takes the mean of each scope, a scope being the elements that are normalized together; 0
   * where it has no elements. A `…Backward` refuses it.
   */
  readonly outMean?: Float32Array | null | undefined;
}

/** The options of the statistics of a call. */
export type StatisticsCall = DeviationOptions & StatisticsOptions;

/** Reads the options, each once; null where none is given. */
export function readStatisticsCall({
  outMean,
  outRstd,
  correction,
  epsMode,
}: StatisticsCall): StatisticsCall | null {
  const isPlain =
    correction === undefined && epsMode === undefined && (outMean ?? outRstd ?? null) === null;
  return isPlain ? null : { outMean, outRstd, correction, epsMode };
}

/** What these options came to. */
export interface Statistics {
  /** null: that of the kernels, sqrt(variance + eps). */
  readonly deviation: Deviation | null;
  readonly record: StatisticsRecord | null;
}

/** What they come to where none is given. */
export const NO_STATISTICS: Statistics = { deviation: null, record: null };

/**
 * Checks the options, of which at least one is there.
 *
 * @param scopes the number of sets of elements that are normalized
 * @param given the option that says that statistics are given; null: they are the input's own
 * @param arrays the other arrays of the call, by name
 * @throws TypeError, RangeError naming the option.
 */
export function makeStatistics(
  { outMean, outRstd, correction = 0, epsMode = 'variance' }: StatisticsCall,
  eps: number,
  centred: boolean,
  scopes: number,
  given: string | null,
  arrays: Readonly<Record<string, Elements | null>>,
): Statistics {
  checkCorrection(correction);
  checkOneOf(epsMode, 'epsMode', ['variance', 'std']);
  const mean = readParameter(outMean, 'outMean', scopes);
  const rstd = readParameter(outRstd, 'outRstd', scopes);
  const isRecorded = mean !== null || rstd !== null;
  if (given !== null && (isRecorded || correction === 1)) {
    refuseValue(given, 'true with outMean, outRstd or correction 1', 'false');
  }
  refuseOverlaps({ outMean: mean, outRstd: rstd }, arrays);
  const deviation: Deviation = { eps, epsMode, correction, centred };
  return {
    deviation: correction === 0 && epsMode === 'variance' ? null : deviation,
    record: isRecorded ? new StatisticsRecord(mean, rstd, deviation) : null,
  };
}

/** Returns options of a layer's function with those of the statistics of a call. */
export function withStatistics<Options>(
  options: Options,
  statistics: StatisticsCall | null,
): Options {
  return statistics === null ? options : { ...options, ...statistics };
}

export function checkCorrection(value: unknown): asserts value is 0 | 1 {
  checkFinite(value, 'correction');
  if (value !== 0 && value !== 1) refuseValue('correction', '0 or 1', value);
}

/** Refuses arguments of a gradient that would take statistics, which a forward pass alone finds. */
export function refuseRecord<Args extends { readonly record: StatisticsRecord | null }>(
  args: Args,
): Args {
  if (args.record !== null) {
    refuseValue('options', 'no outMean and no outRstd in a gradient', 'an array');
  }
  return args;
}
