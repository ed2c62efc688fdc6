// Makes build/cli, the folder of the command line that is packed and published. In the workspace it
// depends on the library beside it, by a path; there it depends on the library of its own version.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STAGE = join(ROOT, 'build', 'cli');

const read = (path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

const { version, publishConfig, repository, homepage, bugs } = read('package.json');
// The workspace is private, so that it is never published with the path.
const { private: _, scripts: __, ...manifest } = read('cli/package.json');
if (manifest.version !== version) {
  throw new Error(
    `cli/package.json: expected the library's version ${version}, got ${manifest.version}`,
  );
}
const dependencies = { ...manifest.dependencies, 'wasm-norm': version };

rmSync(STAGE, { recursive: true, force: true });
mkdirSync(STAGE, { recursive: true });
for (const name of [...manifest.files, 'README.md']) {
  cpSync(join(ROOT, 'cli', name), join(STAGE, name), { recursive: true });
}
cpSync(join(ROOT, 'LICENSE'), join(STAGE, 'LICENSE'));
const address = repository && {
  repository: { ...repository, directory: 'cli' },
  homepage,
  bugs,
};
const staged = { ...manifest, ...address, publishConfig, dependencies };
writeFileSync(join(STAGE, 'package.json'), `${JSON.stringify(staged, null, 2)}\n`);
