// The README, CONTRIBUTING and the pages of docs/ are true: their code runs and prints what
// they say, their listings stand in files, their commands and links exist. A recipe is a program
// of examples/recipes, which runs as a file, and prints what others print.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectInOrder, isSame, promisesOf, valuesIn } from '../support/printed-values.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.md'),
);
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

/** The programs of examples/recipes: the name of each by its text. */
const programs = new Map(
  readdirSync(join(root, 'examples/recipes'))
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => [read(`examples/recipes/${name}`), name]),
);

/** What programs have printed, by their text. */
const printed = new Map<string, string>();

function runJavaScript(code: string): string {
  const program = programs.get(code);
  const args = program ? [`examples/recipes/${program}`] : ['--input-type=module', '--eval', code];
  const text = printed.get(code) ?? execute(process.execPath, args);
  printed.set(code, text);
  return text;
}

const MISSING = 'There is no module for this block.';

const RUN_EACH = `
import json, sys
for code in json.load(sys.stdin):
    try:
        exec(code, {})
    except ImportError:
        print("${MISSING}")
    print(end="\\f")
`;

/** Runs blocks of Python, each in a scope of its own, and returns what each prints. */
function runPython(python: string, blocks: readonly string[]): string[] {
  return execute(python, ['-c', RUN_EACH], JSON.stringify(blocks)).split('\f');
}

const HAS_TORCH = 'import importlib.util as i, sys; sys.exit(i.find_spec("torch") is None)';
const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', HAS_TORCH]).status === 0,
);

interface Pair {
  readonly py: string;
  readonly js: string;
}

/** Returns the blocks of a page that print the same: side by side, or a recipe and its check. */
function pairsOf(page: string): Pair[] {
  const [js] = blocksOf(page).filter(({ code }) => programs.has(code));
  const [py] = blocksOf(page).filter(({ language }) => language === 'python');
  if (js && py) return [{ py: py.code, js: js.code }];
  return Array.from(read(page).matchAll(PAIR), ([, python = '', here = '']) => ({
    py: python,
    js: here,
  }));
}

// Importing PyTorch takes seconds, so it is done once for all pages.
const allPairs = pages.flatMap(pairsOf);
let ofPython: ReadonlyMap<string, string>;
beforeAll(() => {
  if (python === undefined) return;
  const texts = runPython(
    python,
    allPairs.map(({ py }) => py),
  );
  ofPython = new Map(allPairs.map(({ py }, i) => [py, texts[i] as string]));
});

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

  const pairs = pairsOf(page);
  if (pairs.length > 0) {
    test.skipIf(python === undefined)('its pairs print the same in Python and here', (context) => {
      for (const [number, { py, js }] of pairs.entries()) {
        const text = ofPython.get(py) as string;
        if (text.includes(MISSING)) context.skip(text);
        const theirs = valuesIn(text);
        const ours = valuesIn(runJavaScript(js));
        expect(theirs.length).toBeGreaterThan(0);
        expect(ours.length).toBe(theirs.length);
        for (const [i, value] of theirs.entries()) {
          if (isSame(value, ours[i])) continue;
          expect.fail(`pair ${number + 1}: Python prints ${value}, this ${ours[i]}`);
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

test('each program of examples/recipes is the code of the page of its name', () => {
  expect(programs.size).toBeGreaterThan(0);
  for (const [text, name] of programs) {
    const page = `docs/recipes/${name.replace('.mjs', '.md')}`;
    expect(
      blocksOf(page).map(({ code }) => code),
      page,
    ).toContain(text);
  }
});
