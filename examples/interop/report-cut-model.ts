// Says what cutting a model at its normalizations does to its errors and its time.
//
//     npx tsx --tsconfig examples/interop/tsconfig.json examples/interop/report-cut-model.ts

import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { normals } from '../../test/support/random.ts';
import { CutModel } from './cut-model.ts';
import { encodeTestModel, expectedResults, type ImageShape } from './test-model.ts';

type Run = (x: Tensor) => Promise<Record<string, Tensor>>;

env.wasm.numThreads = 1;
const bytes = encodeTestModel();
const whole = await InferenceSession.create(bytes);
const cut = await CutModel.create(bytes);
const ways: Readonly<Record<string, Run>> = {
  'onnxruntime-web': async (x) => (await whole.run({ x })) as Record<string, Tensor>,
  'cut, with wasm-norm': (x) => cut.run({ x }),
};

const SMALL: ImageShape = [1, 3, 96, 96];

/** Prints the largest error of the group normalization beside float64. */
async function printErrors(mean: number): Promise<void> {
  const data = normals(3 * 96 * 96, 1, mean);
  const { grouped } = expectedResults(data, SMALL);
  const errors = await Promise.all(
    Object.values(ways).map(async (run) => {
      const results = await run(new Tensor('float32', data, SMALL));
      const found = results.grouped?.data as Float32Array;
      const worst = grouped.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (found[i] as number))),
        0,
      );
      return worst.toExponential(1);
    }),
  );
  console.log(`  mean ${mean.toExponential(0)}  ${errors.join('  ')}`);
}

/** Prints the median time of a run, the ways in turn. */
async function printTimes(shape: ImageShape): Promise<void> {
  const x = new Tensor(
    'float32',
    normals(
      shape.reduce((a, b) => a * b),
      1,
    ),
    shape,
  );
  const times = Object.values(ways).map((): number[] => []);
  for (let round = 0; round < 31; round++) {
    for (const [i, run] of Object.values(ways).entries()) {
      const start = performance.now();
      await run(x);
      times[i]?.push(performance.now() - start);
    }
  }
  const medians = times.map((each) => (each.sort((a, b) => a - b)[15] as number).toFixed(2));
  console.log(`  ${shape.join('x')}  ${medians.join('  ')}`);
}

console.log(`${Object.keys(ways).join(', ')}: the largest error of results of size 1`);
for (const mean of [0, 1e2, 1e4, 1e6]) await printErrors(mean);
console.log(`${Object.keys(ways).join(', ')}: milliseconds for a run`);
for (const size of [32, 128, 512]) await printTimes([1, 3, size, size]);
