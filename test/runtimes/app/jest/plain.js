const { Blob } = require('node:buffer');
const { webcrypto } = require('node:crypto');
const { run } = require('../commonjs/run.js');

test('the library gives results', async () => {
  // The digest, not the library, uses what jsdom lacks.
  Object.defineProperties(globalThis, { Blob: { value: Blob }, crypto: { value: webcrypto } });
  const library = async () => require('wasm-norm');
  const line = await run(library, async () => require('../commonjs/bits.js'));
  process.stdout.write(line);
});
