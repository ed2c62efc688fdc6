import { Session } from 'node:inspector/promises';
import { Arena } from 'wasm-norm';
import { layOut } from '../../cli/paint/network/layers.ts';
import type { Network } from '../../cli/paint/network/network.ts';
import { paint } from '../../cli/paint/paint.ts';
import { MemoryStore } from '../../cli/paint/walk/kept.ts';
import { walk } from '../../cli/paint/walk/passes.ts';
import { rowSize } from '../../cli/paint/walk/rows.ts';
import { planesOf as channelsFirst, layerOf } from '../../test/support/layers.ts';
import { paintingInOnnxruntime } from '../contestants/painting-onnx.ts';
import { convolutionsInTfjs } from '../contestants/painting-tfjs.ts';
import { landscape, paintInFloat64, planesOf, readParameters } from '../problems/painting.ts';
import { median } from '../reports/median.ts';

const SIZE = 512;
const SMALL = 256;

/** Says how long a photograph of 512x512 takes on one thread, and how far from float64 it is. */
export async function painting(rounds: number): Promise<void> {
  const { network, numbers: style, parameterOf } = readParameters('starry-night');
  const pictureOf = (size: number) => ({ data: landscape(size), width: size, height: size });
  const photograph = pictureOf(SIZE);
  const planes = planesOf(photograph.data);
  const ours = () => paint(network, photograph, { style });
  const onnxruntime = await paintingInOnnxruntime(parameterOf);
  const tfjs = await convolutionsInTfjs(parameterOf, SIZE);

  const contestants: readonly (readonly [string, () => unknown])[] = [
    ['wasm-norm, all', ours],
    ['onnxruntime-web, the whole graph', () => onnxruntime(planes)],
    ['tfjs-backend-wasm, the convolutions alone', tfjs],
  ];
  const times = contestants.map((): number[] => []);
  for (const [, run] of contestants) await run();
  for (let round = 0; round < rounds; round++) {
    for (const [i, [, run]] of contestants.entries()) {
      const start = performance.now();
      await run();
      times[i]?.push(performance.now() - start);
    }
  }
  console.log(`A photograph of ${SIZE}x${SIZE} on one thread, median of ${rounds}:`);
  for (const [i, [name]] of contestants.entries()) {
    console.log(
      `  ${median(times[i] ?? [])
        .toFixed(0)
        .padStart(5)} ms  ${name}`,
    );
  }
  console.log('Of that of wasm-norm:');
  for (const [part, share] of await sharesOf(ours, rounds)) {
    console.log(`  ${(100 * share).toFixed(1).padStart(5)} %  ${part}`);
  }

  const small = pictureOf(SMALL);
  const expected = paintInFloat64(planesOf(small.data), parameterOf);
  console.log(`Below a sky of one colour, ${SMALL}x${SMALL}, farthest from float64:`);
  const colours = coloursOf(network, style, planesOf(small.data));
  console.log(`  ${farthest(colours, expected).toExponential(1)}  wasm-norm`);
  const others = await onnxruntime(planesOf(small.data));
  console.log(`  ${farthest(others, expected).toExponential(1)}  onnxruntime-web`);
}

/** Paints planes of 0 to 1, and returns planes before they are rounded to bytes. */
function coloursOf(network: Network, style: Float32Array, planes: Float32Array): Float32Array {
  const size = Math.sqrt(planes.length / 3);
  const data = planes.map((value) => 2 * value - 1);
  const picture = layerOf({ shape: [1, 3, size, size], data });
  const result = new Float32Array(planes.length);
  const arena = new Arena(size * size * 256);
  const store = new MemoryStore(result, rowSize(picture));
  for (const _ of walk(layOut(network, style, picture, arena, store)));
  return channelsFirst(result, 3);
}

function farthest(values: Float32Array, expected: Float64Array): number {
  return values.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))),
    0,
  );
}

/** Finds which share of the time goes into which part, by the samples of V8's profiler. */
async function sharesOf(
  run: () => unknown,
  rounds: number,
): Promise<readonly (readonly [string, number])[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  for (let i = 0; i < rounds; i++) run();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();

  const samples = new Map<number, number>();
  for (const [i, id] of (profile.samples ?? []).entries()) {
    samples.set(id, (samples.get(id) ?? 0) + (profile.timeDeltas?.[i] ?? 0));
  }
  const modules = new Map<string, number>();
  for (const { id, callFrame } of profile.nodes) {
    if (!callFrame.url.startsWith('wasm:')) continue;
    modules.set(callFrame.url, (modules.get(callFrame.url) ?? 0) + (samples.get(id) ?? 0));
  }
  // Of the modules of WebAssembly that with the convolutions takes the longest.
  const [convolutions] = [...modules].sort((a, b) => b[1] - a[1])[0] ?? [''];
  const partOf = (url: string, name: string) => {
    if (name === 'tensor') return "the arena's memory";
    if (url === convolutions) return 'convolutions and ReLU';
    if (url.startsWith('wasm:') || /\/(dist|wasm-norm)\//.test(url)) return 'normalizations';
    if (url.includes('/cli/paint/')) return 'copies, padding and sums';
    return name === '(garbage collector)' ? 'garbage collection' : 'else';
  };
  const parts = new Map<string, number>();
  for (const { id, callFrame } of profile.nodes) {
    if (callFrame.functionName === '(idle)') continue;
    const part = partOf(callFrame.url, callFrame.functionName);
    parts.set(part, (parts.get(part) ?? 0) + (samples.get(id) ?? 0));
  }
  const total = [...parts.values()].reduce((sum, time) => sum + time, 0);
  return [...parts]
    .map(([part, time]) => [part, time / total] as const)
    .sort((a, b) => b[1] - a[1]);
}
