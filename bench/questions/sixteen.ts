import {
  Arena,
  type FloatData,
  instanceNorm,
  instanceNormBackward,
  layerNorm,
  Tensor,
} from '../../dist/index.js';
import { markdownTable } from '../../test/support/markdown-table.ts';
import { normals } from '../../test/support/random.ts';

const DTYPES = ['float32', 'float16', 'bfloat16'] as const;

// From a tile, which stays in the second-level cache, to what no cache holds.
const SHAPES = [
  [1, 16, 64, 64],
  [8, 64, 56, 56],
  [32, 64, 112, 112],
];

// A prime, so that no channel repeats itself.
const PERIOD = 99_991;

// Milliseconds of each case in a round: short enough to be left alone by other programs.
const TIME = 5;

interface Tensors {
  readonly x: Tensor<FloatData>;
  readonly g: Tensor<FloatData>;
  readonly out: Tensor<FloatData>;
}

const CALLS: Readonly<Record<string, (tensors: Tensors, width: number) => unknown>> = {
  instanceNorm: ({ x, out }) => instanceNorm(x, { out }),
  'instanceNorm in place': ({ out }) => instanceNorm(out, { out }),
  'instanceNorm backward': ({ x, g, out }) => instanceNormBackward(g, x, { out }),
  layerNorm: ({ x, out }, width) => layerNorm(x, width, { out }),
};

/** Prints how long a call takes on tensors of each dtype, in turns. */
export function sixteen(quick: boolean): void {
  const rounds = quick ? 5 : 25;
  for (const shape of SHAPES) {
    const size = shape.reduce((product, length) => product * length, 1);
    const rows = [['', 'memory', ...DTYPES, 'float16, times as fast', 'bfloat16']];
    const tensors = { arrays: DTYPES.map(arrays), arena: DTYPES.map(inArena) };
    for (const [name, call] of Object.entries(CALLS)) {
      for (const [memory, of] of Object.entries(tensors)) {
        const times = timeInTurns(
          of.map((each) => () => call(each, shape.at(-1) as number)),
          rounds,
        );
        const [wide = 0, ...narrow] = times;
        const ns = times.map((time) => ((time * 1e6) / size).toFixed(2));
        rows.push([name, memory, ...ns, ...narrow.map((time) => (wide / time).toFixed(2))]);
      }
    }
    console.log(`### ${shape.join(' x ')}, ns an element\n\n${markdownTable(rows)}`);

    function values(): Float32Array {
      const period = normals(PERIOD, 1, 1, 2);
      return Float32Array.from({ length: size }, (_, i) => period[i % PERIOD] as number);
    }

    function arrays(dtype: (typeof DTYPES)[number]): Tensors {
      const { x, g } = inArena(dtype);
      const copy = ({ data }: Tensor<FloatData>) =>
        new Tensor<FloatData>((data as Uint16Array).slice(), shape, { dtype });
      return { x: copy(x), g: copy(g), out: copy(x) };
    }

    function inArena(dtype: (typeof DTYPES)[number]): Tensors {
      const arena = new Arena(3 * (4 * size + 64));
      const source = { data: values(), shape };
      const make = () => arena.tensor(source, { dtype } as { dtype: 'float16' });
      return { x: make(), g: make(), out: make() };
    }
  }
}

/** Returns the milliseconds that each call takes: the best of rounds in which all take turns. */
function timeInTurns(calls: readonly (() => unknown)[], rounds: number): number[] {
  const repeats = calls.map((call) => Math.max(1, Math.round(TIME / timeOf(call, 5))));
  const best = calls.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    calls.forEach((call, i) => {
      best[i] = Math.min(best[i] as number, timeOf(call, repeats[i] as number));
    });
  }
  return best;
}

function timeOf(call: () => unknown, repeats: number): number {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) call();
  return (performance.now() - start) / repeats;
}
