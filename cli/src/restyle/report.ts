import { Refusal } from '../files/refusal.ts';
import type { Restyled, RestyleTally } from '../shards/restyle.ts';
import type { Interruption } from '../work/interruption.ts';
import type { Plan } from './plan.ts';

/**
 * Says what was written. Where pictures are missing the work was interrupted, and the exit code is
 * set.
 *
 * @throws Refusal where one could not be restyled.
 */
export function reportTally(
  { restylings, skipped, place }: Plan,
  { written, size, last, failed }: RestyleTally,
  interruption: Interruption,
): void {
  const total = restylings.length;
  const lines = failed.map(({ content, reason }) => `${content}: ${reason}`);
  if (total > 1) console.log(`${written} of ${total} pictures, ${spellSize(size)}, in ${place}`);
  else if (last !== null) console.log(describe(last));
  for (const { file, reason } of skipped) console.error(`${file}: passed over: ${reason}`);
  if (written + failed.length < total) {
    console.error(
      `Stopped after ${written + failed.length} of ${total}; what was written is whole.`,
    );
    process.exitCode = interruption.exitCode;
  } else if (total === 1 && failed.length > 0) {
    throw new Refusal(lines.join());
  } else if (failed.length > 0) {
    for (const line of lines) console.error(line);
    throw new Refusal(`${failed.length} of ${total} pictures could not be restyled`);
  }
}

function describe({ out, width, height, size, notes }: Restyled): string {
  return [`${out}: ${width} x ${height}`, spellSize(size), ...notes].join(', ');
}

function spellSize(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
