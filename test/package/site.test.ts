import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { faultsOf } from '../../site/check.ts';
import { checkGroups } from '../../site/groups.ts';
import { checkPages } from '../../site/pages.ts';
import * as library from '../../src/index.ts';

test('the site has every page of docs/', () => {
  expect(checkPages).not.toThrow();
});

test('the reference has every public name in one group', () => {
  expect(() => checkGroups(Object.keys(library))).not.toThrow();
});

test('a public name without a group is refused, and so is a group with another name', () => {
  const names = Object.keys(library);
  expect(() => checkGroups([...names, 'softmax'])).toThrow('no group has softmax');
  expect(() => checkGroups(names.filter((name) => name !== 'Arena'))).toThrow('not public: Arena');
});

test.each(['/', '/name/'])(
  'faults are links that lead nowhere and what is fetched, under %s',
  (base) => {
    const folder = mkdtempSync(join(tmpdir(), 'site-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(
      join(folder, 'index.html'),
      `<h1 id="top">A</h1><a href="#top"><a href="#gone"><a href="${base}b.html#b">` +
        `<a href="${base}b.html#c"><a href="${base}c.html"><a href="/other/b.html">` +
        '<a href="https://example.com"><img alt="" src="https://example.com/a.png">',
    );
    writeFileSync(
      join(folder, 'b.html'),
      `<h2 id="b">B</h2><a href="${base}"><a href="${base}#top">`,
    );
    writeFileSync(join(folder, 'style.css'), '@import "//example.com/a.css";');
    expect(faultsOf(folder, base).sort()).toEqual(
      [
        'index.html: #gone leads nowhere',
        'index.html: /other/b.html leads nowhere',
        `index.html: ${base}b.html#c leads nowhere`,
        `index.html: ${base}c.html leads nowhere`,
        'index.html: fetches https://example.com/a.png',
        'style.css: fetches //example.com/a.css',
      ].sort(),
    );
  },
);
