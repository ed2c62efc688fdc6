import { inThreads, isOurs, ONNXRUNTIME_NODE, TORCH } from '../contestants/names.ts';
import type { Timing } from './results.ts';
import { COLORS, picture, text } from './svg.ts';
import { countsOf, type ThreadsResults } from './threads-results.ts';

const NORMS = ['instanceNorm', 'batchNorm in training', 'groupNorm', 'layerNorm', 'rmsNorm'];

// What the shapes of one scale end with: rows of the same length, and ever more of them.
const SCALE: readonly string[] = ['x25x25', 'x56x56', 'x768'];

const WIDTH = 920;
const MARGIN = 28;
const HEADER = 112;
const PANEL_HEAD = 34;
const PLOT_HEIGHT = 120;
const PANEL_FOOT = 40;
const LEFT = 26;
const PANEL_WIDTH = (WIDTH - 3 * MARGIN) / 2;
const PLOT_WIDTH = PANEL_WIDTH - LEFT;
const LEGEND_Y = 88;

// Powers of ten of elements, from the left to the right.
const [LEAST, MOST] = [4, 8];
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A line of a panel. */
interface Line {
  readonly label: string;
  readonly color: string;
  readonly width: number;
  readonly dashes: string;
  /** Whether a contestant is on it. */
  takes(contestant: string): boolean;
}

/** Draws how many times as fast as one thread of ours the others are, by the size of the tensor. */
export function threadsPicture(results: ThreadsResults): string {
  const { timings } = results;
  const counts = countsOf(results);
  const lines = linesOf(counts);
  const height = HEADER + NORMS.length * (PANEL_HEAD + PLOT_HEIGHT + PANEL_FOOT);
  const top = topOf(timings, lines, counts);
  const panels = NORMS.flatMap((norm, row) =>
    ['', ', backward'].map((pass, column) => {
      const x = MARGIN + column * (PANEL_WIDTH + MARGIN);
      const y = HEADER + row * (PANEL_HEAD + PLOT_HEIGHT + PANEL_FOOT);
      const own = timings.filter((timing) => isOfPanel(timing, norm + pass));
      const body = panel(norm + pass, own, lines, top);
      return `<g transform="translate(${x} ${y})">\n${body}</g>\n`;
    }),
  );
  return picture({
    width: WIDTH,
    height,
    margin: MARGIN,
    description: 'How many times as fast as one thread several are, by the size of the tensor',
    title: `Times as fast as wasm-norm on one thread, on ${results.machine.cores} cores`,
    subtitle: 'By the elements of the tensor. That of 10⁸ is normalized in place.',
    body: legend(lines) + panels.join(''),
  });
}

function linesOf(counts: readonly number[]): readonly Line[] {
  const most = counts.at(-1) as number;
  const ours = counts.slice(1).map((count): Line => {
    const isMost = count === most;
    return {
      label: `wasm-norm, ${count} threads`,
      color: isMost ? COLORS.arena : COLORS.arrays,
      width: isMost ? 2.5 : 1.5,
      dashes: 'none',
      takes: (contestant) => contestant === `ours${inThreads(count)}`,
    };
  });
  const peer = (name: string, label: string, dashes: string): Line => ({
    label: `${label}, ${most} threads`,
    color: COLORS.faint,
    width: 1.5,
    dashes,
    takes: (contestant) => contestant.startsWith(name) && contestant.endsWith(inThreads(most)),
  });
  return [
    ...ours,
    peer(TORCH, 'PyTorch, its fastest', '6 3'),
    peer(ONNXRUNTIME_NODE, 'onnxruntime', '2 3'),
  ];
}

function isOfPanel({ problem, shape }: Timing, name: string): boolean {
  const isOwn = problem === name || problem === `${name}, ours in place`;
  return isOwn && SCALE.some((end) => shape.endsWith(end));
}

/** Returns a line's gain over one thread of ours, that of its fastest contestant. */
function gainOf({ seconds }: Timing, line: Line): number | null {
  const one = Object.entries(seconds).find(([name]) => isOurs(name))?.[1];
  const own = Object.entries(seconds).flatMap(([name, took]) => (line.takes(name) ? [took] : []));
  return one === undefined || own.length === 0 ? null : one / Math.min(...own);
}

/** Returns the value that all panels end with: twice the threads at most, where lines are cut. */
function topOf(
  timings: readonly Timing[],
  lines: readonly Line[],
  counts: readonly number[],
): number {
  const most = counts.at(-1) as number;
  const shown = timings.filter((timing) =>
    NORMS.some((norm) => isOfPanel(timing, norm) || isOfPanel(timing, `${norm}, backward`)),
  );
  const gains = shown.flatMap((timing) => lines.map((line) => gainOf(timing, line) ?? 0));
  return Math.ceil(Math.min(2 * most, Math.max(most, ...gains)));
}

function legend(lines: readonly Line[]): string {
  const step = (WIDTH - 2 * MARGIN) / lines.length;
  return lines
    .map(({ label, ...style }, i) => {
      const x = MARGIN + i * step;
      const sample = path(`M${x} ${LEGEND_Y - 4}h28`, style);
      return `${sample}${text(x + 36, LEGEND_Y, label, { size: 12 })}\n`;
    })
    .join('');
}

function panel(
  name: string,
  timings: readonly Timing[],
  lines: readonly Line[],
  top: number,
): string {
  const x = (elements: number) =>
    LEFT + ((Math.log10(elements) - LEAST) / (MOST - LEAST)) * PLOT_WIDTH;
  const y = (gain: number) => PANEL_HEAD + PLOT_HEIGHT * (1 - Math.min(gain, top) / top);
  const parts = [text(LEFT, 20, name, { weight: 600 })];
  const step = Math.max(1, Math.ceil(top / 4));
  for (let gain = 0; gain <= top; gain += step) {
    const color = gain === 1 ? COLORS.peer : COLORS.border;
    parts.push(
      path(`M${LEFT} ${y(gain).toFixed(1)}h${PLOT_WIDTH.toFixed(1)}`, { color, width: 1 }),
      text(LEFT - 8, Math.round(y(gain) + 4), String(gain), {
        fill: COLORS.faint,
        size: 11,
        anchor: 'end',
      }),
    );
  }
  for (let power = LEAST; power <= MOST; power++) {
    const anchor = power === LEAST ? 'start' : power === MOST ? 'end' : 'middle';
    const label = `10${SUPERSCRIPTS[power]}`;
    const style = { fill: COLORS.faint, size: 11, anchor } as const;
    parts.push(text(x(10 ** power), PANEL_HEAD + PLOT_HEIGHT + 18, label, style));
  }
  const sorted = timings
    .map((timing) => ({ timing, elements: elementsOf(timing) }))
    .sort((a, b) => a.elements - b.elements);
  for (const line of lines) {
    const points = sorted.flatMap(({ timing, elements }) => {
      const gain = gainOf(timing, line);
      return gain === null ? [] : [{ at: x(elements).toFixed(1), to: y(gain).toFixed(1) }];
    });
    if (points.length === 0) continue;
    parts.push(path(`M${points.map(({ at, to }) => `${at} ${to}`).join('L')}`, line));
    for (const { at, to } of points) {
      parts.push(`<circle cx="${at}" cy="${to}" r="${line.width + 0.5}" fill="${line.color}"/>`);
    }
  }
  return parts.map((part) => `${part}\n`).join('');
}

function elementsOf({ shape }: Timing): number {
  return shape.split('x').reduce((size, length) => size * Number(length), 1);
}

function path(
  d: string,
  { color, width, dashes = 'none' }: Pick<Line, 'color' | 'width'> & { readonly dashes?: string },
): string {
  return `<path d="${d}" fill="none" stroke="${color}" stroke-width="${width}" stroke-dasharray="${dashes}" stroke-linejoin="round"/>`;
}
