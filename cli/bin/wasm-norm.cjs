#!/usr/bin/env node
// CommonJS, since it runs before anything uses the thread pool, whose size is fixed by then. sharp
// decodes in that pool: the default of 4 threads would keep all other cores waiting.
const { availableParallelism } = require('node:os');

process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism()));
import('../dist/main.js');
