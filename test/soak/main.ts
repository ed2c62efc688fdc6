// npm run soak makes a million calls, a thousand arenas of each kind and thousands of layers, to see
// whether memory stays level. It exits with 1 if memory grows.

import { type Load, loads } from './loads.ts';
import { growthOf, isLevel, type Sample, soak } from './soak.ts';

const SECONDS = 240;
const SAMPLES = 30;

const RUNS: readonly [Load, number][] = [
  [loads.calls, 1_000_000],
  [loads.arenas, 1000],
  [loads.sharedArenas, 1000],
  [loads.droppedArenas, 1000],
  [loads.layers, 10_000],
];

for (const [load, turns] of RUNS) {
  const start = performance.now();
  const samples = await soak(load, turns, SECONDS, SAMPLES);
  const seconds = (performance.now() - start) / 1000;
  const done = samples.at(-1)?.turns ?? 0;
  console.log(`${load.name}: ${done} of ${turns} in ${seconds.toFixed(0)} s`);
  console.log('      turns   heap and buffers   resident');
  for (let i = 0; i < 6; i++) print(samples[Math.round((i * (samples.length - 1)) / 5)] as Sample);
  const growth = growthOf(samples);
  const level = isLevel(growth);
  if (!level) process.exitCode = 1;
  console.log(
    `  ${level ? 'level' : 'NOT LEVEL'} after warm-up: ${megabytes(growth.heap)} more heap, ` +
      `${megabytes(growth.resident)} more resident\n`,
  );
}

function print({ turns, heap, resident }: Sample): void {
  console.log(
    `  ${String(turns).padStart(9)} ${megabytes(heap).padStart(18)} ${megabytes(resident).padStart(10)}`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MB`;
}
