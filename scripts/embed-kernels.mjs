// Writes src/kernels/compiled-NAME.ts for each module: the module as text, so that importing the
// library needs neither a fetch nor a file system, and its type as the compiler declared it. Writes
// cli/paint/kernels/compiled-paint.ts likewise, for convolutions, which the library has none of, and
// src/kernels/compiled-worker.ts: the program of workers as text, for the same reason.
import { readFileSync, writeFileSync } from 'node:fs';
import { buildSync } from 'esbuild';
import { MODULES } from './modules.mjs';

/**
 * Encodes bytes as text, which src/kernels/decode-bytes.ts decodes.
 *
 * Nearly every byte becomes one character that no string escapes, since gzip finds equal
 * bytes only as equal text. In the bundle of everything this takes 0.6 KB less than
 * hexadecimal and 2.1 KB less than base64.
 */
function encodeBytes(bytes) {
  let text = '';
  for (const byte of bytes) {
    const value = (byte + 4) % 256;
    const over = Math.floor(value / 88);
    if (over > 0) text += String.fromCharCode(123 + over);
    text += String.fromCharCode(36 + (value % 88));
  }
  return text;
}

/** Takes the namespace of the exports from the compiler's declarations. */
function exportsOf(name) {
  const declarations = readFileSync(`build/${name}.d.ts`, 'utf8');
  const end = declarations.indexOf('\n}\n') + '\n}\n'.length;
  const namespace = declarations.slice(0, end);
  if (!namespace.startsWith('declare namespace __AdaptedExports {')) {
    throw new Error(`build/${name}.d.ts: expected the namespace of the exports first`);
  }
  return namespace;
}

/** Writes the names of each kernel's parameters as a type, which a declaration holds in no other way. */
function listsOf(namespace) {
  return [...namespace.matchAll(/export function (\w+)\((.*)\)/g)]
    .map(([, name, list]) => `  ${name}: '${list.replace(/: \w+,?/g, '')}';`)
    .join('\n');
}

/** Writes a module as a source file. */
function embed(name, place) {
  const text = JSON.stringify(encodeBytes(readFileSync(`build/${name}.wasm`)));
  const type = `${name[0].toUpperCase()}${name.slice(1)}`;
  const namespace = exportsOf(name);
  writeFileSync(
    place,
    `// Written by scripts/embed-kernels.mjs from assembly/.

/** The module as text, which decodeBytes decodes. */
export const ${name}Text: string =
  ${text};

${namespace}
/** The exports of the module. Addresses are bytes, counts are elements, address 0 means absent. */
export type ${type} = typeof __AdaptedExports;

/** The parameters of each kernel by name, in their order. */
export interface ${type}Lists {
${listsOf(namespace)}
}
`,
  );
}

for (const name of MODULES) embed(name, `src/kernels/compiled-${name}.ts`);
embed('paint', 'cli/paint/kernels/compiled-paint.ts');

const { outputFiles } = buildSync({
  entryPoints: ['src/kernels/worker.ts'],
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  write: false,
});
const [{ text: program }] = outputFiles;
writeFileSync('build/worker.js', program);
writeFileSync(
  'src/kernels/compiled-worker.ts',
  `// Written by scripts/embed-kernels.mjs from src/kernels/worker.ts.

/** The program of the workers of a shared memory. */
export const workerText: string =
  ${JSON.stringify(program.trim())};
`,
);
