import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installed, output, versionOf } from './command.ts';
import { node } from './command-lines.ts';
import type { Row } from './row.ts';

/** Jest, which loads CommonJS unless it is told otherwise. */
export function jest(folder: string): Row[] {
  const run = (name: string, config: object): Promise<string> => {
    const file = join(folder, 'jest', `${name}.config.json`);
    writeFileSync(file, JSON.stringify({ rootDir: '.', testTimeout: 120_000, ...config }));
    const argv = [installed('jest/bin/jest.js'), '--config', file, '--runInBand'];
    return output(node(24), argv, join(folder, 'jest'));
  };
  return [
    {
      runtime: 'Jest',
      version: versionOf('jest'),
      run: () => run('plain', { testMatch: ['**/plain.js'] }),
    },
    {
      runtime: 'Jest, jsdom',
      version: versionOf('jest-environment-jsdom'),
      run: () =>
        run('jsdom', {
          testMatch: ['**/plain.js'],
          testEnvironment: installed('jest-environment-jsdom'),
        }),
    },
    {
      runtime: 'ts-jest',
      version: versionOf('ts-jest'),
      run: () => {
        for (const name of ['@jest/globals', '@types/node']) {
          const link = join(folder, 'jest', 'node_modules', name);
          mkdirSync(dirname(link), { recursive: true });
          symlinkSync(installed(name), link);
        }
        return run('typed', {
          testMatch: ['**/typed.ts'],
          transform: { '\\.ts$': installed('ts-jest') },
        });
      },
    },
  ];
}
