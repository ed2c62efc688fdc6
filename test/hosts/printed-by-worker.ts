import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installed, output } from '../runtimes/command.ts';
import { node } from '../runtimes/command-lines.ts';

const program = fileURLToPath(new URL('app/print-worker.mjs', import.meta.url));

/** Serves a built worker in workerd, and resolves to its answer to a request for a path. */
export function printedByWorker(entry: string, path: string): Promise<string> {
  const wrangler = installed('wrangler/wrangler-dist/cli.js');
  return output(node(24), [program, wrangler, entry, path], dirname(entry));
}
