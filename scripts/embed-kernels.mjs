// Writes build/kernels.wasm into src/kernels-base64.ts, so that importing the
// library needs neither a fetch nor a file system.
import { readFileSync, writeFileSync } from 'node:fs';

const base64 = readFileSync('build/kernels.wasm').toString('base64');
writeFileSync(
  'src/kernels-base64.ts',
  `// Written by scripts/embed-kernels.mjs from assembly/.\nexport const kernelsBase64: string =\n  '${base64}';\n`,
);
