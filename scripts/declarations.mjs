// Makes of the declarations that tsc wrote those that are published: what dist/index.d.ts reaches,
// for `import` and, as .d.cts with the same maps, for `require`. The others go.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SPECIFIER = /(?<=\bfrom '|\bimport\(['"])(\.[^'"]+)\.ts(?=['"])/g;

const texts = new Map();

function visit(path) {
  if (texts.has(path)) return;
  const text = readFileSync(path, 'utf8');
  texts.set(path, text);
  for (const [, target] of text.matchAll(SPECIFIER)) visit(join(dirname(path), `${target}.d.ts`));
}

visit(join('dist', 'index.d.ts'));

for (const name of readdirSync('dist', { recursive: true })) {
  const path = join('dist', name);
  if (/\.d\.ts(\.map)?$/.test(name) && !texts.has(path.replace(/\.map$/, ''))) rmSync(path);
}
for (const [path, text] of texts) {
  writeFileSync(path, text.replaceAll(SPECIFIER, '$1.js'));
  writeFileSync(path.replace(/\.ts$/, '.cts'), text.replaceAll(SPECIFIER, '$1.cjs'));
}
