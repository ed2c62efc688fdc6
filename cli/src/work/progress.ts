import { SingleBar } from 'cli-progress';

const LEFT = '{value} of {total} pictures, {eta_formatted} left';

/** Shows how far the work is on standard error: a bar, or off a terminal a line a second. */
export function startProgress(total: number, done: number): SingleBar {
  const bar = new SingleBar({
    format: process.stderr.isTTY ? `{bar} ${LEFT}` : LEFT,
    etaBuffer: 100,
    noTTYOutput: true,
    notTTYSchedule: 1000,
    // Otherwise it writes more often than a line a second.
    synchronousUpdate: false,
    // A process that is killed leaves the terminal as it was.
    linewrap: true,
  });
  bar.start(total, done);
  return bar;
}
