// Serves what Next has built, requests the line from its route, and prints it.

import { createServer } from 'node:http';
import next from 'next';

const app = next({ dir: import.meta.dirname });
await app.prepare();
const server = createServer(app.getRequestHandler());
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const response = await fetch(`http://127.0.0.1:${server.address().port}/bits`);
console.log(await response.text());
process.exit();
