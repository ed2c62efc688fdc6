import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as api from '../../src/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Names that the examples use without declaring them.
const GIVEN = `
import { openAsBlob } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ${Object.keys(api).join(', ')}, type ImageLike } from 'wasm-norm';
declare const x: Tensor, content: Tensor, style: Tensor, tokens: Tensor, batch: Tensor, sample: Tensor;
declare const pixels: Float32Array, weight: Float32Array, bias: Float32Array;
declare const runningMean: Float32Array, runningVar: Float32Array;
declare const photo: ImageLike, painting: ImageLike, images: ImageLike[];
declare const slide: ImageLike, slides: ImageLike[], reference: ImageLike;
declare const context: CanvasRenderingContext2D;
declare const norm: BatchNorm;
declare const gradOutput: Tensor, moments: ChannelMoments, ofOtherWorkers: ChannelMoments;
declare const folder: string, index: string, text: string;
`;

/** Returns the examples of a file's docstrings, without their imports. */
function examplesOf(file: string): string[] {
  const examples = readFileSync(file, 'utf8').matchAll(
    /@example\n((?: *\* (?!@).*\n| *\*\n)+?)(?= *\*\/| *\* @)/g,
  );
  return Array.from(examples, ([, text = '']) =>
    text.replaceAll(/^ *\* ?/gm, '').replaceAll(/^import .*$/gm, ''),
  );
}

test('the examples in docstrings are of the right types', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts'),
  );
  const examples = files.flatMap((name) => examplesOf(join(root, 'src', name)));
  expect(examples.length).toBeGreaterThan(15);
  mkdirSync(join(root, 'build'), { recursive: true });
  // A folder below the root, where 'wasm-norm' resolves to the library itself.
  const folder = mkdtempSync(join(root, 'build/docstrings-'));
  try {
    const scopes = examples.map((code) => `async () => {\n${code}};\n`);
    writeFileSync(join(folder, 'examples.mts'), GIVEN + scopes.join(''));
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const options =
      '--ignoreConfig --noEmit --strict --skipLibCheck --target es2022 --module nodenext --types node';
    const { stdout } = spawnSync(
      process.execPath,
      [tsc, ...options.split(' '), join(folder, 'examples.mts')],
      { cwd: root, encoding: 'utf8' },
    );
    expect(stdout).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
