// The README, CONTRIBUTING and the pages of docs/ are true: their code runs and prints what
// they say, their listings stand in files, their commands and links exist.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const pages = ['README.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)];

/** A fenced block of a page. */
interface Block {
  readonly number: number;
  readonly language: string;
  readonly code: string;
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function blocksOf(page: string): Block[] {
  const blocks = read(page).matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return Array.from(blocks, ([, language = '', code = ''], i) => ({
    number: i + 1,
    language,
    code,
  }));
}

const PAIR = /^```python\n(.*?)^```\n+```js\n(.*?)^```$/gms;

function execute(command: string, args: readonly string[], input = ''): string {
  const options = { cwd: root, encoding: 'utf8', input } as const;
  const { status, stdout, stderr } = spawnSync(command, args, options);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

function runJavaScript(code: string): string {
  return execute(process.execPath, ['--input-type=module', '--eval', code]);
}

// Importing PyTorch takes seconds, so it is done once for all blocks of a page.
const RUN_EACH = `
import json, sys
for code in json.load(sys.stdin):
    exec(code, {})
    print(end="\\f")
`;

/** Runs blocks of Python, each in a scope of its own, and returns what each prints. */
function runPython(blocks: readonly string[]): string[] {
  return execute(python as string, ['-c', RUN_EACH], JSON.stringify(blocks)).split('\f');
}

/** Returns the numbers, booleans and nulls in a text, without the lengths of printed arrays. */
function valuesIn(text: string): string[] {
  const values = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\b(?:true|false|null)\b/g;
  return text.replaceAll(/\w+Array\(\d+\)/g, '').match(values) ?? [];
}

/** Says whether two printed values are the same. Numbers are compared to 3 decimals or digits. */
function isSame(a: string | undefined, b: string | undefined): boolean {
  const expected = Number(a);
  return a === b || Math.abs(expected - Number(b)) <= 5e-4 * Math.max(1, Math.abs(expected));
}

/** Returns the values in the comments after each console.log, up to a colon. */
function promisesOf(code: string): string[][] {
  const comments = code.matchAll(/^\s*console\.log\(.*\);\s*\/\/ ([^:\n]+)/gm);
  return Array.from(comments, ([, comment = '']) => valuesIn(comment));
}

/** Expects a text to contain each list of values without gaps, one list after the other. */
function expectInOrder(lists: readonly string[][], text: string): void {
  const printed = valuesIn(text);
  let from = 0;
  for (const list of lists) {
    const at = printed.findIndex(
      (_, i) => i >= from && list.every((value, j) => isSame(value, printed[i + j])),
    );
    if (at < 0) expect.fail(`expected ${list.join(', ')} in what is printed, got ${text}`);
    from = at + list.length;
  }
}

const HAS_TORCH = 'import importlib.util as i, sys; sys.exit(i.find_spec("torch") is None)';
const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', HAS_TORCH]).status === 0,
);

describe.each(pages)('%s', (page) => {
  const blocks = blocksOf(page);
  const ofLanguage = (language: string) => blocks.filter((block) => block.language === language);

  test.each(ofLanguage('js'))('block $number runs, and prints what it says', ({ code }) => {
    expectInOrder(promisesOf(code), runJavaScript(code));
  });

  test.each(ofLanguage('ts'))('block $number stands in a file of examples/', ({ code }) => {
    const files = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
      .map((name) => read(`examples/${name}`));
    expect(files.some((text) => text.includes(code))).toBe(true);
  });

  const pairs = Array.from(read(page).matchAll(PAIR), ([, py = '', js = '']) => ({ py, js }));
  if (pairs.length > 0) {
    test.skipIf(python === undefined)('its pairs print the same in PyTorch and here', () => {
      const printed = runPython(pairs.map(({ py }) => py));
      for (const [number, { js }] of pairs.entries()) {
        const theirs = valuesIn(printed[number] as string);
        const ours = valuesIn(runJavaScript(js));
        expect(theirs.length).toBeGreaterThan(0);
        expect(ours.length).toBe(theirs.length);
        for (const [i, value] of theirs.entries()) {
          if (isSame(value, ours[i])) continue;
          expect.fail(`pair ${number + 1}: PyTorch prints ${value}, this ${ours[i]}`);
        }
      }
    });
  }

  test('its commands are scripts of the package', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = read(page).matchAll(/npm run (?:--silent )?([\w:-]+)/g);
    for (const [, name = ''] of named) expect(Object.keys(scripts)).toContain(name);
  });

  test('its links and pictures are there', () => {
    const links = read(page)
      .replaceAll(/^```.*?^```$/gms, '')
      .matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g);
    for (const [, path = '', anchor] of links) {
      const target = path === '' ? page : join(dirname(page), path);
      expect(existsSync(join(root, target)), target).toBe(true);
      if (anchor === undefined) continue;
      const headings = read(target).matchAll(/^#+ (.+)$/gm);
      const anchors = Array.from(headings, ([, heading = '']) => anchorOf(heading));
      expect(anchors, target).toContain(anchor);
    }
  });
});

/** Returns the anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(/\s/g, '-');
}

test('no code is left out because its language has another name', () => {
  const languages = pages.flatMap((page) => blocksOf(page).map(({ language }) => language));
  for (const language of languages) {
    expect(language).not.toMatch(/^(javascript|mjs|cjs|jsx|typescript|mts|tsx|py|python3)$/i);
  }
});

test('the README has examples', () => {
  expect(blocksOf('README.md').filter(({ language }) => language === 'js')).not.toHaveLength(0);
});
