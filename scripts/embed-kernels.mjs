// Writes src/kernels/compiled.ts: the kernels as text, so that importing the library
// needs neither a fetch nor a file system, and their type as the compiler declared it.
import { readFileSync, writeFileSync } from 'node:fs';

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
function exportsOf(declarations) {
  const end = declarations.indexOf('\n}\n') + '\n}\n'.length;
  const namespace = declarations.slice(0, end);
  if (!namespace.startsWith('declare namespace __AdaptedExports {')) {
    throw new Error('build/kernels.d.ts: expected the namespace of the exports first');
  }
  return namespace;
}

const text = JSON.stringify(encodeBytes(readFileSync('build/kernels.wasm')));
const namespace = exportsOf(readFileSync('build/kernels.d.ts', 'utf8'));
writeFileSync(
  'src/kernels/compiled.ts',
  `// Written by scripts/embed-kernels.mjs from assembly/.

/** The module as text, which decodeBytes decodes. */
export const kernelsText: string =
  ${text};

${namespace}
/** The exports of the module. Addresses are bytes, counts are elements, address 0 means absent. */
export type Kernels = typeof __AdaptedExports;
`,
);
