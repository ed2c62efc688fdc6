import { byId, make } from '../element.ts';
import type { ChannelStatistics } from './statistics.ts';
import type { Role, View } from './studio.ts';

/** Shows how long the library took, and for what. */
export function showTime(view: View, kind: string): void {
  byId('threads', HTMLElement).textContent = `Time ${spellThreads(view) || 'in the library'}`;
  byId('time', HTMLElement).textContent = spellTime(view);
  byId('scope', HTMLElement).textContent = `For ${kind}`;
  byId('pixels', HTMLElement).textContent = megapixels(view.width * view.height);
}

/** Tells those who can't see it that the picture is done. */
export function announce(view: View): void {
  const how = `${spellTime(view)} ${spellThreads(view)}`.trim();
  byId('status', HTMLElement).textContent =
    `Restyled ${megapixels(view.width * view.height)} in ${how}.`;
}

export function showSize(width: number, height: number): void {
  byId('size', HTMLElement).textContent = `${width} × ${height}`;
}

/** Shows the mean and standard deviation of red, green and blue. */
export function showStatistics(
  row: Role | 'result',
  statistics: readonly ChannelStatistics[],
): void {
  const line = byId(`statistics-${row}`, HTMLElement);
  line.classList.remove('stale');
  const cells = line.querySelectorAll('td');
  for (const [channel, { mean, std }] of statistics.entries()) {
    const spread = make('span', {}, ` ± ${std.toFixed(1)}`);
    cells[channel]?.replaceChildren(mean.toFixed(1), spread);
  }
}

/** Marks the statistics of the result as those of an earlier one. */
export function outdateStatistics(): void {
  byId('statistics-result', HTMLElement).classList.add('stale');
}

/** Spells a number of pixels: 12.0 megapixels. */
export function megapixels(pixels: number): string {
  const millions = pixels / 1e6;
  return `${millions.toFixed(millions < 1 ? 2 : 1)} megapixels`;
}

function spellTime({ milliseconds }: View): string {
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

/** Says how many threads worked, unless it was one. */
function spellThreads({ threads }: View): string {
  return threads === 1 ? '' : `on ${threads} threads`;
}
