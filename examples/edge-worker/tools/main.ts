// npm run edge: the service on this machine, in the runtime that it is deployed to.

import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';
import { serve } from './serve.ts';

const folder = fileURLToPath(new URL('../../../build/edge', import.meta.url));
bundle(folder);
const { url, stop } = await serve(folder, 8787);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
console.log(`${url} serves; curl it for help, Ctrl-C ends it`);
