const { run } = require('./commonjs/run.js');

run(
  async () => require('wasm-norm'),
  async () => require('./commonjs/bits.js'),
).then(console.log);
