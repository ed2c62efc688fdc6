import { expect, test } from '@jest/globals';
import { instanceNorm, Tensor } from 'wasm-norm';

const { run } = require('../commonjs/run.js');

test('the library gives results, and types', async () => {
  const result: Float32Array = instanceNorm(new Tensor(Float32Array.of(1, 3), [1, 1, 2])).data;
  expect(result).toHaveLength(2);
  const library = async () => require('wasm-norm');
  const line: string = await run(library, async () => require('../commonjs/bits.js'));
  process.stdout.write(line);
});
