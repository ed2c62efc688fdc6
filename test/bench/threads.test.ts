import { expect, test } from 'vitest';
import type { Timing } from '../../bench/reports/results.ts';
import { threadsPicture } from '../../bench/reports/threads-picture.ts';
import type { ThreadsResults } from '../../bench/reports/threads-results.ts';
import { boundsTable, gainsTable, timesTables } from '../../bench/reports/threads-table.ts';

const timing = (problem: string, shape: string, ours: number, others: object = {}): Timing => ({
  problem,
  shape,
  bytes: 1,
  seconds: {
    ours: 4e-3,
    'ours, 2 threads': ours,
    'torch 1.13 a, 2 threads': 1e-3,
    'torch 1.13 b, 2 threads': 8e-3,
    ...others,
  },
});

const results: ThreadsResults = {
  date: '2026-01-02',
  machine: { processor: 'Some', cores: 2 },
  node: '20.19.0',
  commit: 'abc',
  effort: { rounds: 1, seconds: 1 },
  bounds: [{ threads: 2, megabytes: 4, apart: 1.75, shared: 1.5 }],
  costs: [1, 2].map((threads) => ({ threads, startSeconds: 0.1, smallSeconds: 1e-6 })),
  timings: [
    timing('instanceNorm', '5x64x56x56', 2e-3),
    timing('instanceNorm', '1x16x25x25', 3e-3),
    timing('instanceNorm', '1x3x1080x1920', 2.5e-3),
    timing('instanceNorm, backward', '5x64x56x56', 3.2e-3),
    timing('layerNorm', '1302x768', 2e-3, { 'torch 1.13 x * rsqrt(mean), 2 threads': 5e-3 }),
  ],
};

const cells = (table: string): readonly string[][] =>
  table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

test('gains are those of the most threads over one', () => {
  expect(cells(gainsTable(results)).slice(2)).toEqual([
    ['`instanceNorm`', '5 x 64 x 56 x 56', '2.00', '1.25'],
    ['`instanceNorm`', '1 x 16 x 25 x 25', '1.33', ''],
    ['`instanceNorm`', '1 x 3 x 1080 x 1920', '1.60', ''],
    ['`layerNorm`', '1302 x 768', '2.00', ''],
  ]);
  expect(cells(boundsTable(results)).slice(2)).toEqual([['2 threads, 4 MB', '1.75', '1.50']]);
});

test('no line of times is wider than a terminal', () => {
  const four = Array.from({ length: 9 }, () => results.timings[4] as Timing);
  const lines = timesTables(four).split('\n');
  expect(lines.filter((line) => line.startsWith('| gain of ours, 2 threads'))).toHaveLength(3);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

test('the picture has a panel for each norm and pass, with points for what was timed', () => {
  const svg = threadsPicture(results);
  for (const norm of [
    'instanceNorm',
    'batchNorm in training',
    'groupNorm',
    'layerNorm',
    'rmsNorm',
  ]) {
    expect(svg).toContain(`>${norm}<`);
    expect(svg).toContain(`>${norm}, backward<`);
  }
  // Of the shapes of the scale, a point for ours and one for the faster of two of PyTorch's.
  const points = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, , y]) =>
    Number(y),
  );
  expect(points).toHaveLength(2 * 4);
  // Larger gains lie higher: 1.33 and 2 of ours, both times 4 of PyTorch's.
  const [small = 0, large = 0, peer = 0, samePeer = 0] = points;
  expect([large < small, peer < large, samePeer]).toEqual([true, true, peer]);
});
