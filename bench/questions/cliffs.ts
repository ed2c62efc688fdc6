// Where does a call take longer than its number of elements explains? Every shape has
// about as many elements, spread in other ways over N, C and the spatial size.

import {
  Arena,
  batchNorm,
  batchNormBackward,
  groupNorm,
  groupNormBackward,
  instanceNorm,
  instanceNormBackward,
  type Layout,
  layerNorm,
  layerNormBackward,
  rmsNorm,
  rmsNormBackward,
  Tensor,
} from '../../dist/index.js';
import { normals } from '../../test/support/random.ts';

const ELEMENTS = 2 ** 19;
const SPATIAL = [1, 2, 4, 7, 16, 49, 196, 1024, 16384, 131072];
const CHANNELS = [1, 3, 4, 16, 64, 512, 4096, 32768];

// Milliseconds: long enough to be left alone by other programs at least once.
const MIN_TIME = 12;

// A prime, so that no channel repeats itself.
const PERIOD = 99_991;
const NORMALS = normals(PERIOD, 1, 1, 2);

// Scopes of fewer elements are left out: each has a root and two quotients of its own.
const MIN_SCOPE = 16;

// Shapes that were once far slower than a plain loop.
const ONCE_SLOW: readonly { readonly norm: string; readonly shape: Shape }[] = [
  { norm: 'batchNorm', shape: { samples: 100_000, channels: 16, spatial: 2 } },
  { norm: 'batchNorm', shape: { samples: 4000, channels: 64, spatial: 7 } },
  { norm: 'batchNorm', shape: { samples: 4096, channels: 32, spatial: 4 } },
  { norm: 'instanceNorm nhwc', shape: { samples: 100_000, channels: 4, spatial: 4 } },
];

interface Shape {
  readonly samples: number;
  readonly channels: number;
  readonly spatial: number;
}

/** The tensors of a call. */
interface Tensors {
  readonly x: Tensor;
  readonly g: Tensor;
  readonly out: Tensor;
}

/** Elements that share statistics, scope by scope: runs of `length` elements, `step` apart. */
interface Scopes {
  readonly count: number;
  /** The first element of a scope. */
  start(scope: number): number;
  readonly runs: number;
  readonly runStride: number;
  readonly length: number;
  readonly step: number;
}

interface Operation {
  readonly name: string;
  readonly layout: Layout;
  readonly scopes: (shape: Shape) => Scopes;
  readonly forward: (tensors: Tensors, shape: Shape) => unknown;
  readonly backward: (tensors: Tensors, shape: Shape) => unknown;
}

/** A time of one operation on one shape, in nanoseconds an element. */
interface Time {
  readonly shape: Shape;
  readonly ours: number;
  readonly plain: number;
}

const OPERATIONS: readonly Operation[] = [
  ...(['nchw', 'nhwc'] as const).flatMap((layout): Operation[] => {
    const suffix = layout === 'nhwc' ? ' nhwc' : '';
    const runningStats = ({ channels }: Shape) => ({
      runningMean: new Float32Array(channels),
      runningVar: new Float32Array(channels).fill(1),
    });
    return [
      {
        name: `instanceNorm${suffix}`,
        layout,
        scopes: (shape) => groupScopes(shape, 1, layout),
        forward: ({ x, out }) => instanceNorm(x, { out, layout }),
        backward: ({ x, g, out }) => instanceNormBackward(g, x, { out, layout }),
      },
      {
        name: `batchNorm${suffix}`,
        layout,
        scopes: (shape) => batchScopes(shape, layout),
        forward: ({ x, out }) => batchNorm(x, { training: true, out, layout }),
        backward: ({ x, g, out }) => batchNormBackward(g, x, { training: true, out, layout }),
      },
      {
        name: `batchNorm evaluating${suffix}`,
        layout,
        scopes: (shape) => batchScopes(shape, layout),
        forward: ({ x, out }, shape) => batchNorm(x, { ...runningStats(shape), out, layout }),
        backward: ({ x, g, out }, shape) =>
          batchNormBackward(g, x, { ...runningStats(shape), out, layout }),
      },
      {
        name: `groupNorm${suffix}`,
        layout,
        scopes: (shape) => groupScopes(shape, shape.channels / groupsOf(shape), layout),
        forward: ({ x, out }, shape) => groupNorm(x, groupsOf(shape), { out, layout }),
        backward: ({ x, g, out }, shape) =>
          groupNormBackward(g, x, groupsOf(shape), { out, layout }),
      },
    ];
  }),
  {
    name: 'layerNorm',
    layout: 'nchw',
    scopes: (shape) => groupScopes(shape, 1, 'nchw'),
    forward: ({ x, out }, { spatial }) => layerNorm(x, [spatial], { out }),
    backward: ({ x, g, out }, { spatial }) => layerNormBackward(g, x, [spatial], { out }),
  },
  {
    name: 'rmsNorm',
    layout: 'nchw',
    scopes: (shape) => groupScopes(shape, 1, 'nchw'),
    forward: ({ x, out }, { spatial }) => rmsNorm(x, [spatial], { out }),
    backward: ({ x, g, out }, { spatial }) => rmsNormBackward(g, x, [spatial], { out }),
  },
];

/** Prints, for each operation, how far its slowest shapes are from its fastest. */
export function cliffs(norms: readonly string[], quick: boolean): void {
  const rounds = quick ? 2 : 5;
  const chosen = OPERATIONS.filter(
    ({ name }) => norms.length === 0 || norms.some((norm) => name.includes(norm)),
  );
  const summary = [['', 'path', 'times the best', 'where', 'ns', 'plain loop']];
  for (const pass of ['forward', 'backward'] as const) {
    for (const operation of chosen) {
      for (const path of ['arrays', 'arena'] as const) {
        const name = `${operation.name}${pass === 'backward' ? ' backward' : ''}`;
        const worst = sweep(`${name}, ${path}`, operation, pass, path, rounds);
        summary.push([name, path, ...worst]);
      }
    }
  }
  printTable(summary);
  const slow = [['', 'shape', 'ours, ms', 'plain loop, ms', 'times as fast']];
  for (const { norm, shape } of ONCE_SLOW) {
    for (const operation of chosen.filter(({ name }) => name === norm)) {
      for (const pass of ['forward', 'backward'] as const) {
        const { ours, plain } = timeOf(operation, pass, 'arrays', shape, rounds);
        const ms = (ns: number) => ((ns * sizeOf(shape)) / 1e6).toFixed(2);
        const ratio = (plain / ours).toFixed(1);
        slow.push([`${norm} ${pass}`, spell(shape), ms(ours), ms(plain), ratio]);
      }
    }
  }
  printTable(slow);
}

/** Prints the times of one operation, and returns the worst ratio and its place. */
function sweep(
  title: string,
  operation: Operation,
  pass: 'forward' | 'backward',
  path: 'arrays' | 'arena',
  rounds: number,
): string[] {
  const table = [[title, 'best at', 'best ns', 'worst at', 'worst ns', 'ratio', 'plain loop ns']];
  let worst = { ratio: 0, cells: ['', '', '', ''] };
  for (const spatial of SPATIAL) {
    const times = CHANNELS.filter((channels) => channels * spatial <= ELEMENTS)
      .map((channels) => ({
        samples: Math.round(ELEMENTS / spatial / channels),
        channels,
        spatial,
      }))
      .filter((shape) => scopeSize(operation.scopes(shape)) >= MIN_SCOPE)
      .map((shape) => timeOf(operation, pass, path, shape, rounds))
      .sort((a, b) => a.ours - b.ours);
    const [first, last] = [times[0], times.at(-1)];
    if (first === undefined || last === undefined) continue;
    const ratio = last.ours / first.ours;
    const cells = [spell(last.shape), last.ours.toFixed(1)];
    const plain = last.plain.toFixed(1);
    table.push([
      `spatial ${spatial}`,
      spell(first.shape),
      first.ours.toFixed(1),
      ...cells,
      ratio.toFixed(1),
      plain,
    ]);
    if (ratio > worst.ratio) worst = { ratio, cells: [ratio.toFixed(1), ...cells, plain] };
  }
  printTable(table);
  return worst.cells;
}

/** Times ours and the plain loop on the same data, each the best of some rounds. */
function timeOf(
  operation: Operation,
  pass: 'forward' | 'backward',
  path: 'arrays' | 'arena',
  shape: Shape,
  rounds: number,
): Time {
  const size = sizeOf(shape);
  const { samples, channels, spatial } = shape;
  const dims =
    operation.layout === 'nchw' ? [samples, channels, spatial] : [samples, spatial, channels];
  const plain: Tensors = {
    x: new Tensor(values(size, 0), dims),
    g: new Tensor(values(size, 1), dims),
    out: new Tensor(new Float32Array(size), dims),
  };
  let tensors = plain;
  if (path === 'arena') {
    const arena = new Arena(3 * (4 * size + 64));
    tensors = { x: arena.tensor(plain.x), g: arena.tensor(plain.g), out: arena.tensor(dims) };
  }
  const scopes = operation.scopes(shape);
  const count = operation.name.includes('evaluating') ? Number.POSITIVE_INFINITY : undefined;
  const { x, g, out } = plain;
  const loop =
    pass === 'forward'
      ? () => normalizePlainly(out.data, x.data, scopes)
      : () => differentiatePlainly(out.data, g.data, x.data, scopes, count);
  const ns = (call: () => unknown) => (bestOf(call, rounds) * 1e6) / size;
  return {
    shape,
    ours: ns(() => operation[pass](tensors, shape)),
    plain: ns(loop),
  };
}

/** Returns normal numbers around 1, which repeat. */
function values(size: number, offset: number): Float32Array {
  return new Float32Array(size).map((_, i) => NORMALS[(i + offset) % PERIOD] as number);
}

/** Returns the fewest milliseconds that a call takes, in some rounds and at least MIN_TIME. */
function bestOf(call: () => unknown, rounds: number): number {
  let best = Number.POSITIVE_INFINITY;
  let total = 0;
  for (let round = 0; round < rounds || total < MIN_TIME; round++) {
    const start = performance.now();
    call();
    const time = performance.now() - start;
    best = Math.min(best, time);
    total += time;
  }
  return best;
}

/** The loop that one writes without a library. */
function normalizePlainly(y: Float32Array, x: Float32Array, scopes: Scopes): void {
  const { count, runs, runStride, length, step } = scopes;
  for (let scope = 0; scope < count; scope++) {
    const start = scopes.start(scope);
    const { mean, rstd } = statisticsOf(x, start, scopes);
    for (let run = 0; run < runs; run++) {
      let at = start + run * runStride;
      for (let i = 0; i < length; i++, at += step) y[at] = ((x[at] as number) - mean) * rstd;
    }
  }
}

function differentiatePlainly(
  dx: Float32Array,
  g: Float32Array,
  x: Float32Array,
  scopes: Scopes,
  count = scopeSize(scopes),
): void {
  const { runs, runStride, length, step } = scopes;
  for (let scope = 0; scope < scopes.count; scope++) {
    const start = scopes.start(scope);
    const { mean, rstd } = statisticsOf(x, start, scopes);
    let sum = 0;
    let product = 0;
    for (let run = 0; run < runs; run++) {
      let at = start + run * runStride;
      for (let i = 0; i < length; i++, at += step) {
        sum += g[at] as number;
        product += (g[at] as number) * ((x[at] as number) - mean) * rstd;
      }
    }
    for (let run = 0; run < runs; run++) {
      let at = start + run * runStride;
      for (let i = 0; i < length; i++, at += step) {
        const z = ((x[at] as number) - mean) * rstd;
        dx[at] = rstd * ((g[at] as number) - sum / count - (z * product) / count);
      }
    }
  }
}

function statisticsOf(
  x: Float32Array,
  start: number,
  { runs, runStride, length, step }: Scopes,
): { mean: number; rstd: number } {
  let sum = 0;
  for (let run = 0; run < runs; run++) {
    let at = start + run * runStride;
    for (let i = 0; i < length; i++, at += step) sum += x[at] as number;
  }
  const mean = sum / (runs * length);
  let squares = 0;
  for (let run = 0; run < runs; run++) {
    let at = start + run * runStride;
    for (let i = 0; i < length; i++, at += step) squares += ((x[at] as number) - mean) ** 2;
  }
  return { mean, rstd: 1 / Math.sqrt(squares / (runs * length) + 1e-5) };
}

/** Each sample's groups of `groupSize` channels. */
function groupScopes(
  { samples, channels, spatial }: Shape,
  groupSize: number,
  layout: Layout,
): Scopes {
  const groups = channels / groupSize;
  const count = samples * groups;
  if (layout === 'nchw') {
    const length = groupSize * spatial;
    const start = (scope: number) => scope * length;
    return { count, start, runs: 1, runStride: 0, length, step: 1 };
  }
  const size = channels * spatial;
  const start = (scope: number) => Math.floor(scope / groups) * size + (scope % groups) * groupSize;
  return groupSize === 1
    ? { count, start, runs: 1, runStride: 0, length: spatial, step: channels }
    : { count, start, runs: spatial, runStride: channels, length: groupSize, step: 1 };
}

/** Each channel of all samples. */
function batchScopes({ samples, channels, spatial }: Shape, layout: Layout): Scopes {
  const count = channels;
  if (layout === 'nhwc') {
    const length = samples * spatial;
    return { count, start: (c) => c, runs: 1, runStride: 0, length, step: channels };
  }
  const start = (channel: number) => channel * spatial;
  const runStride = channels * spatial;
  return { count, start, runs: samples, runStride, length: spatial, step: 1 };
}

function scopeSize({ runs, length }: Scopes): number {
  return runs * length;
}

function groupsOf({ channels }: Shape): number {
  return channels % 4 === 0 ? 4 : 1;
}

function sizeOf({ samples, channels, spatial }: Shape): number {
  return samples * channels * spatial;
}

function spell({ samples, channels, spatial }: Shape): string {
  return `${samples}x${channels}x${spatial}`;
}

/** Prints a Markdown table, words left and numbers right. */
function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const rule = widths.map((width, i) =>
    i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const lines = [rows[0] ?? [], rule, ...rows.slice(1)].map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))),
  );
  console.log(lines.map((cells) => `| ${cells.join(' | ')} |\n`).join(''));
}
