// The only one of the tests of results that reads files, so that another file can replace
// it in a runtime without a file system.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of test vectors of WebNN and ONNX, which is not part of this repository. */
const CONFORMANCE =
  process.env.CONFORMANCE_DIR ??
  fileURLToPath(new URL('../../../shared/conformance', import.meta.url));

/** Reads fixtures/<name>.json or conformance/<name>.json. Returns null if there is no such file. */
export function readJson(name: string): unknown {
  const path = name.startsWith('conformance/')
    ? name.replace('conformance', CONFORMANCE)
    : fileURLToPath(new URL(`../${name}`, import.meta.url));
  const file = `${path}.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}
