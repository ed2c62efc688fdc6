import { instanceNorm, Tensor } from 'wasm-norm';
import { markdownTable } from '../../test/support/markdown-table.ts';
import { median } from '../reports/median.ts';
import { spellTime } from '../reports/spelling.ts';

const COUNTS = [100, 150, 200, 250, 300, 350, 400, 450, 512];
const ROUNDS = 41;
const CALLS = 2000;
const COLUMNS = ['values', 'with out', 'loop', 'fresh result', 'loop, fresh result'];

/** Prints how long a call on one row takes beside a plain loop, where a call's own cost tells. */
export function fewValues(): void {
  // What runs first is compiled for fewer kinds of calls.
  rowOf(COUNTS[0] as number);
  const rows = COUNTS.map((count) => [String(count), ...rowOf(count).map(spellTime)]);
  console.log(`### instanceNorm of one row\n\n${markdownTable([COLUMNS, ...rows])}`);
}

/** Times all ways in turns. */
function rowOf(count: number): number[] {
  const x = new Tensor(
    Float32Array.from({ length: count }, (_, i) => (i * 7) % 11),
    [1, 1, count],
  );
  const out = new Tensor(new Float32Array(count), [1, 1, count]);
  const ways = [
    () => instanceNorm(x, { out }),
    () => normalizeRow(x.data, out.data),
    () => instanceNorm(x),
    () => normalizeRow(x.data, new Float32Array(count)),
  ];
  const samples = ways.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    ways.forEach((way, i) => {
      const start = performance.now();
      for (let call = 0; call < CALLS; call++) way();
      samples[i]?.push((performance.now() - start) / 1e3 / CALLS);
    });
  }
  return samples.map(median);
}

function normalizeRow(x: Float32Array, y: Float32Array): void {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] as number;
  const mean = sum / x.length;
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += ((x[i] as number) - mean) ** 2;
  const scale = 1 / Math.sqrt(squares / x.length + 1e-5);
  for (let i = 0; i < x.length; i++) y[i] = ((x[i] as number) - mean) * scale;
}
