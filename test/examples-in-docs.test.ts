import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = ['README.md', ...readdirSync(`${root}/docs`).filter((name) => name.endsWith('.md'))];

/** The JavaScript blocks of a page, as printed. */
function blocksOf(page: string): string[] {
  const path = page === 'README.md' ? page : `docs/${page}`;
  const blocks = readFileSync(`${root}/${path}`, 'utf8').matchAll(/^```js\n(.*?)^```$/gms);
  return Array.from(blocks, ([, code]) => code as string);
}

describe.each(pages.filter((page) => blocksOf(page).length > 0))('%s', (page) => {
  test.each(blocksOf(page).map((code, i) => ({ number: i + 1, code })))(
    'example $number runs as printed',
    ({ code }) => {
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--input-type=module', '--eval', code],
        { cwd: root, encoding: 'utf8' },
      );
      expect(stderr).toBe('');
      expect(status).toBe(0);
    },
  );
});

test('the README has its examples', () => {
  expect(blocksOf('README.md').length).toBeGreaterThanOrEqual(2);
});
