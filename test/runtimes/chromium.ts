import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { Row } from './row.ts';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
};

/** A browser with a folder of pages, which allow WebAssembly but not eval. */
export interface Pages {
  readonly version: string;
  /** Opens a page and resolves to the line of JSON that it prints. */
  readonly printed: (path: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function openPages(folder: string): Promise<Pages> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`no ${EXECUTABLE}: install Debian's chromium, or name another in CHROMIUM`);
  }
  const server = createServer(({ url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const file = join(folder, pathname);
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const body = readFileSync(file);
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': policyOf(body.toString(), !searchParams.has('no-wasm')),
      // Only pages that are isolated from others have SharedArrayBuffer.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
  return {
    version: browser.version(),
    printed: (path) => printedBy(browser, `${origin}/${path}`),
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

/** A policy that allows only scripts of the page's origin and its import map, and no eval except WebAssembly's. */
function policyOf(page: string, allowsWasm: boolean): string {
  const maps = page.matchAll(/<script type="importmap">(.*?)<\/script>/gs);
  const hashes = Array.from(maps, ([, map = '']) => {
    return `'sha256-${createHash('sha256').update(map).digest('base64')}'`;
  });
  const wasm = allowsWasm ? ["'wasm-unsafe-eval'"] : [];
  return `default-src 'self'; script-src ${["'self'", ...wasm, ...hashes].join(' ')}`;
}

async function printedBy(browser: Browser, url: string): Promise<string> {
  const page = await browser.newPage();
  try {
    return await new Promise<string>((resolve, reject) => {
      page.on('console', (message) => {
        if (message.type() === 'log') resolve(message.text());
      });
      page.on('pageerror', reject);
      page.on('crash', () => reject(new Error(`${url} crashed`)));
      page.goto(url).catch(reject);
    });
  } finally {
    await page.close();
  }
}

/** Pages without a bundler. */
export function browserPages({ version, printed }: Pages): Row[] {
  return [
    {
      runtime: 'Chromium, single file',
      version,
      run: async () => {
        await expectRefusal(printed('single-file.html?no-wasm'));
        return printed('single-file.html');
      },
    },
    {
      runtime: 'Chromium, by address',
      version,
      run: () => printed('by-address.html'),
    },
    {
      runtime: 'Chromium, import map',
      version,
      run: () => printed('import-map.html'),
    },
    {
      runtime: 'Chromium, web worker',
      version,
      run: () => printed('web-worker.html'),
    },
  ];
}

/** Expects a page whose policy forbids WebAssembly to say so, which shows that policies are in force. */
async function expectRefusal(printed: Promise<string>): Promise<void> {
  const message = await printed.catch(String);
  if (!message.includes('WebAssembly') || !message.includes('Content Security Policy')) {
    throw new Error(`expected a refusal by the Content Security Policy, got: ${message}`);
  }
}
