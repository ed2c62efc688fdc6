import { expect, test } from 'vitest';
import { ONNXRUNTIME_NODE, OURS, PLAIN, TORCH } from '../../bench/contestants/names.ts';
import { comparisonTable, LEGEND } from '../../bench/reports/comparison-table.ts';
import type { Comparison } from '../../bench/reports/speed-findings.ts';
import { verdict } from '../../bench/reports/verdict.ts';

const COLUMNS = 100;

const finding = (contestant: string, secondsPerCall: number) => ({
  contestant,
  secondsPerCall,
  error: 1.5e-7,
  errorFarFromZero: 6.3e8,
});

const comparison: Comparison = {
  problem: 'batchNorm in training, backward, nhwc',
  shape: '1x1080x1920x3',
  bytes: 1e6,
  findings: [
    finding('memory.copy', 1e-3),
    finding(OURS.arena, 2e-3),
    finding(PLAIN, 4e-3),
    finding('torch 1.13 x * rsqrt(mean)', 0.123),
  ],
  leftOut: [],
};

test('a row of a table divides its time by that of others', () => {
  const table = comparisonTable(comparison);
  const [, plain = ''] = table.match(/^(\| plain JavaScript .*)$/m) ?? [];
  const cells = plain.split('|').map((cell) => cell.trim());
  expect(cells.slice(2, 7)).toEqual(['4.00 ms', '0.25', '4.00', '1.00', '2.00']);
});

test('a verdict says against whom the library is ahead, level and behind', () => {
  const timings = [
    { [ONNXRUNTIME_NODE]: 2, [`${TORCH} a`]: 9, [`${TORCH} b`]: 1.05 },
    { [ONNXRUNTIME_NODE]: 0.5, [`${TORCH} a`]: 3 },
    { [ONNXRUNTIME_NODE]: 4 },
  ].map((peers, i) => ({
    problem: 'instanceNorm',
    shape: `${i}x3`,
    bytes: 1,
    seconds: { [OURS.arena]: 1, [OURS.fresh]: 2, ...peers },
  }));
  const lines = verdict(timings).trimEnd().split('\n').slice(2);
  expect(lines.map((line) => line.trim())).toEqual([
    `${ONNXRUNTIME_NODE}   ahead 2, level 0, behind 1; median 2.00, of a fresh output 1.00`,
    'least 0.50: instanceNorm, 1x3',
    `${TORCH}              ahead 1, level 1, behind 0; median 2.02, of a fresh output 1.01`,
    'least 1.05: instanceNorm, 0x3',
  ]);
});

test('no line of a report is wider than a terminal', () => {
  const timings = [
    {
      ...comparison,
      seconds: { [OURS.arena]: 1, [OURS.fresh]: 2, 'onnxruntime-node': 2, [PLAIN]: 3 },
    },
  ];
  const lines = [comparisonTable(comparison), LEGEND, verdict(timings)].join('\n').split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(COLUMNS);
});
