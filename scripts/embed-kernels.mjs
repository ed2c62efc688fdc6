// Writes build/kernels.wasm into src/kernels/kernels-text.ts, so that importing the library
// needs neither a fetch nor a file system. Nearly every byte becomes one character that
// no string escapes, since equal bytes as equal text are what gzip lives on: in the
// bundle of everything that takes 0.6 KB less than hexadecimal, 2.1 less than base64.
import { readFileSync, writeFileSync } from 'node:fs';

/** The inverse of src/kernels/decode-bytes.ts, which says how. */
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

const text = JSON.stringify(encodeBytes(readFileSync('build/kernels.wasm')));
writeFileSync(
  'src/kernels/kernels-text.ts',
  `// Written by scripts/embed-kernels.mjs from assembly/.\nexport const kernelsText: string =\n  ${text};\n`,
);
