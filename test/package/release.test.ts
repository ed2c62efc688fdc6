import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ADDRESS, addressFields, siteBase } from '../../scripts/release/address.ts';
import { sectionOf } from '../../scripts/release/changelog.ts';
import { type Facts, findProblems, readVersions } from '../../scripts/release/conditions.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const changelog = '# Changelog\n\n## [Unreleased]\n\nnew\n\n## [1.2.3] - 2026-12-01\n\nold\n';
const ready: Facts = {
  versions: { 'package.json': '1.2.3', 'deno.json': '1.2.3' },
  address: 'https://host.example/owner/name',
  changelog,
  tag: 'v1.2.3',
  changed: [],
};

test('all files name one version, and nothing else stands against a rehearsal', () => {
  const problems = findProblems({
    versions: readVersions(ROOT),
    address: ADDRESS,
    changelog: readFileSync(`${ROOT}CHANGELOG.md`, 'utf8'),
    tag: undefined,
    changed: [],
  });
  expect(problems.errors).toEqual([]);
});

describe('a release', () => {
  test('has nothing against it where all fits', () => {
    expect(findProblems(ready)).toEqual({ errors: [], warnings: [] });
  });

  test.each([
    ['a tag of another version', { tag: 'v1.2.4' }, '--tag: expected v1.2.3, got v1.2.4'],
    ['a tag without v', { tag: '1.2.3' }, '--tag: expected v1.2.3, got 1.2.3'],
    [
      'another version of a file',
      { versions: { ...ready.versions, 'deno.json': '1.2.4' } },
      'deno.json: expected version 1.2.3, got 1.2.4',
    ],
    [
      'an address that is none',
      { address: 'host.example/owner/name.git' },
      'scripts/release/address.ts: expected https://HOST/OWNER/NAME, ' +
        'got host.example/owner/name.git',
    ],
  ])('and its rehearsal refuse %s', (_, change, error) => {
    expect(findProblems({ ...ready, ...change })).toEqual({ errors: [error], warnings: [] });
  });

  test.each([
    ['no tag', { tag: undefined }, '--tag: expected the tag that is released'],
    [
      'no address',
      { address: '' },
      'scripts/release/address.ts: expected the address of the repository, got none',
    ],
    [
      'no section of the changelog',
      { changelog: changelog.replace('1.2.3', '1.2.2') },
      'CHANGELOG.md: expected a section [1.2.3]',
    ],
    [
      'what is not committed',
      { changed: ['README.md', 'src/a.ts'] },
      'expected all to be committed, got changes of README.md, src/a.ts',
    ],
  ])('refuses %s, of which its rehearsal warns', (_, change, warning) => {
    expect(findProblems({ ...ready, ...change })).toEqual({ errors: [], warnings: [warning] });
  });

  test('ends before it does anything when a tag does not match', () => {
    const main = ['--import', 'tsx', 'scripts/release/main.ts', '--dry-run', '--tag', 'v0.0.0'];
    const { status, stdout, stderr } = spawnSync(process.execPath, main, {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(stderr).toMatch(/^--tag: expected v\d+\.\d+\.\d+, got v0\.0\.0$/m);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });
});

test('a section of the changelog ends where the next begins', () => {
  expect(sectionOf(changelog, 'Unreleased')).toBe('new');
  expect(sectionOf(changelog, '1.2.3')).toBe('old');
  expect(sectionOf(changelog, '1.2')).toBeUndefined();
});

test('the address gives all that registries show of it', () => {
  expect(addressFields('')).toEqual({});
  expect(addressFields(ready.address)).toEqual({
    repository: { type: 'git', url: 'git+https://host.example/owner/name.git' },
    homepage: 'https://host.example/owner/name#readme',
    bugs: { url: 'https://host.example/owner/name/issues' },
  });
});

test('the site lies under the name of the repository', () => {
  expect(siteBase('')).toBe('/');
  expect(siteBase(ready.address)).toBe('/name/');
});
