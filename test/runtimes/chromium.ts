import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import type { Row } from './row.ts';
import { serveFolder } from './serve-folder.ts';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

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
  const { origin, close } = await serveFolder(folder);
  const browser = await chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
  return {
    version: browser.version(),
    printed: (path) => printedBy(browser, `${origin}/${path}`),
    close: async () => {
      await browser.close();
      close();
    },
  };
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
      hasThreads: true,
      run: async () => {
        await expectRefusal(printed('single-file.html?no-wasm'));
        return printed('single-file.html');
      },
    },
    {
      runtime: 'Chromium, by address',
      version,
      hasThreads: true,
      run: async () => {
        expectThreads(await printed('threads.html?no-blob'));
        return printed('by-address.html');
      },
    },
    {
      runtime: 'Chromium, import map',
      version,
      hasThreads: true,
      run: () => printed('import-map.html'),
    },
    {
      runtime: 'Chromium, web worker',
      version,
      hasThreads: true,
      run: () => printed('web-worker.html'),
    },
  ];
}

/** Expects threads from a file alone where the policy forbids workers from texts, and to be told so. */
function expectThreads(printed: string): void {
  const [[alone, reason], [all]] = JSON.parse(printed);
  if (alone === 1 && reason.includes('worker-src') && all === 3) return;
  throw new Error(`expected 1 thread, then 3 from a file, got: ${printed}`);
}

/** Expects a page whose policy forbids WebAssembly to say so, which shows that policies are in force. */
async function expectRefusal(printed: Promise<string>): Promise<void> {
  const message = await printed.catch(String);
  if (!message.includes('WebAssembly') || !message.includes('Content Security Policy')) {
    throw new Error(`expected a refusal by the Content Security Policy, got: ${message}`);
  }
}
