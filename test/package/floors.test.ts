// A folder imports only from the floors below it, and no imports form a circle.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

// The floors from the top down; '.' is the folder itself, and '../' begins a folder outside that it
// may use. Folders on one floor do not import each other.
const FLOORS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  src: [
    ['.'],
    ['images'],
    ['layers'],
    ['passes', 'workers', 'checkpoints'],
    ['statistics'],
    ['views'],
    ['tensor'],
    ['memory'],
    ['kernels', 'checks'],
  ],
  assembly: [
    ['.'],
    ['fused'],
    ['elements', 'vectors'],
    ['rows', 'columns', 'convert', 'pixels'],
    ['core', 'paint'],
  ],
  'cli/src': [
    ['.'],
    ['commands'],
    ['stats', 'restyle'],
    ['queue'],
    ['work'],
    ['shards'],
    ['statistics', 'styles', 'painting'],
    ['pictures', 'command-line'],
    ['files', '../../src/checks', '../paint', '../paint/network', '../paint/walk'],
  ],
  'cli/paint': [['.'], ['network'], ['walk'], ['convolutions'], ['kernels'], ['../../src/kernels']],
  bench: [
    ['.'],
    ['questions'],
    ['measurements'],
    ['reports'],
    ['contestants'],
    ['problems'],
    [
      '../test/support',
      '../cli/paint',
      '../cli/paint/network',
      '../cli/paint/walk',
      '../cli/src/statistics',
    ],
  ],
};

// Files that the build writes, which are missing before it.
const GENERATED = /(^|\/)(build|dist)\//;

/** Returns the sources below a folder, as paths from the root. */
function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .filter((path) => /(?<!\.d)\.m?ts$/.test(path) && !path.includes('node_modules/'));
}

/** Returns the sources that a source imports, also for types. */
function importsOf(path: string): readonly string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, path), 'utf8'));
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(dirname(path), name))
    .filter((name) => !GENERATED.test(name) && !name.includes('?'))
    .map((name) => (/\.[a-z]+$/.test(name) ? name : `${name}.ts`));
}

const graph = new Map(
  ['src', 'assembly', 'cli', 'bench', 'test', 'examples', 'scripts']
    .flatMap(sourcesIn)
    .map((path) => [path, importsOf(path)]),
);

describe.each(Object.entries(FLOORS))('%s/', (folder, floors) => {
  const boxOf = (path: string) => posix.relative(folder, dirname(path)) || '.';
  const floorOf = (path: string) => floors.findIndex((boxes) => boxes.includes(boxOf(path)));
  const sources = [...graph.keys()].filter((path) => path.startsWith(`${folder}/`));

  test('has no other folders', () => {
    const boxes = new Set(sources.map(boxOf));
    const inside = floors.flat().filter((box) => !box.startsWith('../'));
    expect([...boxes].sort()).toEqual(inside.sort());
  });

  test('imports nothing from a floor above or from a neighbour', () => {
    const wrong = sources.flatMap((path) =>
      (graph.get(path) ?? [])
        .filter((target) => boxOf(target) !== boxOf(path) && floorOf(target) <= floorOf(path))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });
});

test('no file imports itself by way of others', () => {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) circles.push([...way.slice(start), path].join(' -> '));
    if (start >= 0 || done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  expect(circles).toEqual([]);
});

test('every import of a source is an existing file', () => {
  const lost = [...graph].flatMap(([path, targets]) =>
    targets
      .filter((target) => !existsSync(join(root, target)))
      .map((target) => `${path} imports ${target}`),
  );
  expect(lost).toEqual([]);
});
