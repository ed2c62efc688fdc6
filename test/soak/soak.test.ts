import { expect, test } from 'vitest';
import { type Load, loads } from './loads.ts';
import { growthOf, isLevel, soak } from './soak.ts';

test.each<[Load, number]>([
  [loads.calls, 30_000],
  [loads.arenas, 90],
  [loads.layers, 600],
])('memory stays level: $name', async (load, turns) => {
  const growth = growthOf(await soak(load, turns, 60, 9));
  expect(isLevel(growth), JSON.stringify(growth)).toBe(true);
});

test('memory that is kept is not level', async () => {
  const kept: unknown[] = [];
  const leak: Load = {
    ...loads.calls,
    run() {
      kept.push(new Float32Array(2000).fill(1));
    },
  };
  expect(isLevel(growthOf(await soak(leak, 900, 60, 9)))).toBe(false);
});
