import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readNetworkFile } from '../painting/load-network.ts';
import { loadCodecs } from '../pictures/sharp.ts';

/**
 * Returns the version of the code that works on shards: the package's, and a digest of everything
 * that a result's bits come from. Machines with the same share their work, others do not.
 */
export async function codeVersion(): Promise<string> {
  const hash = createHash('sha256');
  const here = new URL('.', import.meta.url);
  const names = (await readdir(here)).filter((name) => name.endsWith('.js')).sort();
  for (const name of names) hash.update(`${name}\0`).update(await readFile(new URL(name, here)));
  hash.update(await readFile(fileURLToPath(import.meta.resolve('wasm-norm'))));
  hash.update(await readNetworkFile());
  hash.update(JSON.stringify((await loadCodecs()).versions));
  const { version } = JSON.parse(await readFile(new URL('../package.json', here), 'utf8'));
  return `${version}-${hash.digest('hex').slice(0, 8)}`;
}
