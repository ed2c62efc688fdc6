// npm run edge: the service on this machine, in the runtime that it is deployed to.

import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';
import { NotServed, serve } from './serve.ts';

const PORT = 8787;

const folder = fileURLToPath(new URL('../../../build/edge', import.meta.url));
bundle(folder);
try {
  const { url, stop } = await serve(folder, PORT);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  console.log(`${url} serves; curl it for help, Ctrl-C ends it`);
} catch (error) {
  if (!(error instanceof NotServed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
