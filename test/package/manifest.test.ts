import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

const tracked = (pattern: string): string[] =>
  execFileSync('git', ['ls-files', pattern], { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '');

describe('the package', () => {
  const manifest = JSON.parse(read('package.json'));

  test('runs nothing when it is installed', () => {
    // A tarball's prepare does not run either, but npm 11 warns of it.
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) {
      expect(manifest.scripts).not.toHaveProperty(name);
    }
    // npm runs node-gyp if this file is there.
    expect(existsSync(`${ROOT}binding.gyp`)).toBe(false);
  });

  test('is built in a clone at npm install, and before it is packed', () => {
    expect(manifest.scripts.postprepare).toBe('npm run build');
    expect(manifest.scripts.prepack).toBe('npm run build');
  });

  test('depends on no other package', () => {
    for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
      expect(manifest).not.toHaveProperty(kind);
    }
  });

  test.each(['package.json', 'cli/package.json'])('%s says what registries show', (path) => {
    const { description, keywords, license, engines, funding } = JSON.parse(read(path));
    expect(description).toMatch(/^[A-Z].{40,140}\.$/);
    expect(keywords.length).toBeGreaterThan(4);
    expect(new Set(keywords).size).toBe(keywords.length);
    expect(license).toBe('MIT');
    expect(funding).toBeUndefined();
    expect(engines.node).toMatch(/^>=20/);
  });

  test('is published with provenance', () => {
    expect(manifest.publishConfig).toEqual({ access: 'public', provenance: true });
  });
});

describe('each lockfile', () => {
  test.each(tracked('*package-lock.json'))(
    '%s has the digest of every package, and names no registry',
    (path) => {
      const { packages } = JSON.parse(read(path)) as { packages: Record<string, Locked> };
      const outside = Object.entries(packages).filter(
        ([name, { link, inBundle }]) => name.includes('node_modules/') && !link && !inBundle,
      );
      expect(outside.length).toBeGreaterThan(0);
      for (const [name, { integrity, resolved }] of outside) {
        expect(integrity, name).toMatch(/^sha512-/);
        expect(resolved, name).toBeUndefined();
      }
    },
  );
});

test('each package.json with dependencies has a lockfile: its own, or a workspace that of the root', () => {
  const { workspaces } = JSON.parse(read('package.json')) as { workspaces: readonly string[] };
  const manifests = tracked('*package.json').filter((path) => {
    const { dependencies, devDependencies } = JSON.parse(read(path));
    const hasAny = dependencies !== undefined || devDependencies !== undefined;
    return hasAny && !workspaces.includes(dirname(path));
  });
  const lockfiles = manifests.map((path) => path.replace(/package\.json$/, 'package-lock.json'));
  expect(lockfiles.length).toBeGreaterThan(1);
  expect(tracked('*package-lock.json')).toEqual(lockfiles);
});

interface Locked {
  readonly link?: boolean;
  /** Whether it comes inside another package, which has the digest. */
  readonly inBundle?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
}

test('each action of a workflow is pinned to a commit', () => {
  const uses = tracked('.github/workflows/*').flatMap((path) =>
    [...read(path).matchAll(/uses: *(\S+)/g)].map(([, action]) => action as string),
  );
  expect(uses.length).toBeGreaterThan(0);
  for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
});

test('each script that a workflow runs exists', () => {
  const { scripts } = JSON.parse(read('package.json'));
  for (const path of tracked('.github/workflows/*')) {
    for (const [, name] of read(path).matchAll(/npm run ([\w:]+)/g)) {
      expect(scripts, path).toHaveProperty([name as string]);
    }
  }
});
