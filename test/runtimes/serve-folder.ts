import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
};

/** A folder on a port of this machine. */
export interface Served {
  readonly origin: string;
  readonly close: () => void;
}

/** Serves a folder. Its pages may use WebAssembly but not eval, and what they post goes to `take`. */
export async function serveFolder(
  folder: string,
  take: (body: string) => void = () => {},
): Promise<Served> {
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      take(await text(request));
      response.end();
      return;
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const file = join(folder, pathname.replace(/\/$/, '/index.html'));
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const body = readFileSync(file);
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': policyOf(body.toString(), searchParams),
      // Only pages that are isolated from others have SharedArrayBuffer.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A policy that allows only scripts of the page's origin and its import map, and no eval except WebAssembly's. Workers may come from texts. The query takes away one or the other. */
function policyOf(page: string, query: URLSearchParams): string {
  const maps = page.matchAll(/<script type="importmap">(.*?)<\/script>/gs);
  const hashes = Array.from(maps, ([, map = '']) => {
    return `'sha256-${createHash('sha256').update(map).digest('base64')}'`;
  });
  const wasm = query.has('no-wasm') ? [] : ["'wasm-unsafe-eval'"];
  const workers = query.has('no-blob') ? "'self'" : "'self' blob:";
  return `default-src 'self'; img-src 'self' blob:; worker-src ${workers}; script-src ${["'self'", ...wasm, ...hashes].join(' ')}`;
}
