const { run } = require('./run.mjs');

run(
  async () => require('wasm-norm'),
  () => import('./bits.js'),
).then(console.log);
