// The only file of the library's tests that reads others, so that in a runtime
// without a file system another can stand in for it.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of test vectors of WebNN and ONNX, which is not part of this repository. */
const CONFORMANCE =
  process.env.CONFORMANCE_DIR ??
  fileURLToPath(new URL('../../../shared/conformance', import.meta.url));

/** Reads fixtures/<name>.json or conformance/<name>.json; null where there is none. */
export function readJson(name: string): unknown {
  const path = name.startsWith('conformance/')
    ? name.replace('conformance', CONFORMANCE)
    : fileURLToPath(new URL(`../${name}`, import.meta.url));
  const file = `${path}.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}
