import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sectionOf } from './changelog.ts';

/** What a release depends on, read before anything is done. */
export interface Facts {
  /** The version in each file that has one. */
  readonly versions: Readonly<Record<string, string>>;
  readonly address: string;
  readonly changelog: string;
  /** The tag that is released, or undefined. */
  readonly tag: string | undefined;
  /** The files that git says are changed or new. */
  readonly changed: readonly string[];
}

export interface Problems {
  /** What ends a dry run too. */
  readonly errors: readonly string[];
  /** What ends a release only. */
  readonly warnings: readonly string[];
}

/** Returns the version in each file of a checkout that has one. */
export function readVersions(root: string): Record<string, string> {
  const names = ['package.json', 'cli/package.json', 'deno.json'];
  const versionIn = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8')).version;
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return {
    ...Object.fromEntries(names.map((name) => [name, versionIn(name)])),
    'package-lock.json': packages[''].version,
    'package-lock.json, cli': packages.cli.version,
  };
}

/** Returns all that stands against a release. */
export function findProblems({ versions, address, changelog, tag, changed }: Facts): Problems {
  const errors: string[] = [];
  const warnings: string[] = [];
  const version = versions['package.json'];
  for (const [name, other] of Object.entries(versions)) {
    if (other !== version) errors.push(`${name}: expected version ${version}, got ${other}`);
  }
  if (tag === undefined) warnings.push('--tag: expected the tag that is released');
  else if (tag !== `v${version}`) errors.push(`--tag: expected v${version}, got ${tag}`);
  if (address === '') {
    warnings.push('scripts/release/address.ts: expected the address of the repository, got none');
  } else if (!/^https:\/\/[^/]+\/[^/]+\/[^/]+(?<!\.git)$/.test(address)) {
    errors.push(`scripts/release/address.ts: expected https://HOST/OWNER/NAME, got ${address}`);
  }
  if (!sectionOf(changelog, `${version}`)) {
    warnings.push(`CHANGELOG.md: expected a section [${version}]`);
  }
  if (changed.length > 0) {
    warnings.push(`expected all to be committed, got changes of ${changed.join(', ')}`);
  }
  return { errors, warnings };
}
