import { load } from '../contestants/load-package.ts';

// What this file uses of benny, which has had no release since 2021; no other file imports it.
interface Benny {
  add(name: string, test: () => unknown, options: CaseOptions): unknown;
  suite(name: string, ...cases: unknown[]): Promise<Summary>;
}

interface CaseOptions {
  /** No sample begins after so many seconds. */
  maxTime: number;
  /** A sample takes at least so many seconds; short calls are repeated in it. */
  minTime: number;
  minSamples: number;
  /** The seconds between samples. */
  delay: number;
}

interface Summary {
  results: { details: { sampleResults: number[] } }[];
}

const SAMPLE_SECONDS = 0.005;

/**
 * Times a call for a while; each sample is the mean over as many calls as fill
 * 5 ms.
 *
 * @returns the samples, in seconds a call
 */
export async function secondsPerCall(
  call: () => void | Promise<void>,
  seconds: number,
): Promise<number[]> {
  const { add, suite } = await load<Benny>('benny');
  const options = { maxTime: seconds, minTime: SAMPLE_SECONDS, minSamples: 1, delay: 0 };
  const summary = await silently(() => suite('', add('', oneAtATime(call), options)));
  const samples = summary.results[0]?.details.sampleResults ?? [];
  // Benny swallows what the call throws.
  if (samples.length === 0) throw new Error('The call failed while it was timed.');
  return samples;
}

/** Benny tries an asynchronous test several times at once; peers allow one call at a time. */
function oneAtATime(call: () => void | Promise<void>): () => void | Promise<void> {
  let last: Promise<void> | undefined;
  return () => {
    if (last) {
      last = last.then(call);
      return last;
    }
    const result = call();
    if (result instanceof Promise) last = result;
    return result;
  };
}

/** Benny prints a line for each suite, and has no option against it. */
async function silently<T>(run: () => Promise<T>): Promise<T> {
  const { log } = console;
  console.log = () => {};
  try {
    return await run();
  } finally {
    console.log = log;
  }
}
