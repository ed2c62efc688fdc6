import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildPage } from './build.ts';
import { Refusal } from './refusal.ts';
import { servePage } from './serve.ts';

const DIST = fileURLToPath(new URL('dist', import.meta.url));

const USAGE = `Builds the page and serves it to this machine alone.

  npm run web -- [--port NUMBER]   (8080)`;

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function run(args: readonly string[]): Promise<void> {
  const { port, help } = parse(args);
  if (help) return console.log(USAGE);
  await buildPage(DIST);
  const { url } = await servePage(DIST, readPort(port)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Refusal(`port ${port} is in use; choose another with npm run web -- --port NUMBER`);
  });
  console.log(`${url} (Ctrl+C ends)`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '8080' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new Refusal((error as Error).message);
  }
}

function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65535))
    throw new Refusal(`--port: expected a number from 0 to 65535, got '${text}'`);
  return port;
}
