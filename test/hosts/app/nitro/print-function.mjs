// Requests the line from what Nitro has built for Vercel, and prints it.

import { createServer } from 'node:http';
import handle from './.vercel/output/functions/__fallback.func/index.mjs';

const server = createServer(handle.default ?? handle);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const response = await fetch(`http://127.0.0.1:${server.address().port}/`);
console.log(await response.text());
process.exit();
