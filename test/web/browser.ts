import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';

/** A name for this machine that the browser does not take for loopback. */
const NAME = 'page.test';

let browser: Browser;
let problems: string[] = [];
let pages: Page[] = [];

/** Starts a browser for the tests of a file. Each test fails on errors and on requests to other hosts. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox', // which root can't have
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // The browser can't reach anything else, whatever the page tries.
        `--host-resolver-rules=MAP ${NAME} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
        // Service workers are for https alone, and for loopback.
        `--unsafely-treat-insecure-origin-as-secure=${namedUrl()}`,
      ],
    });
  });
  afterEach(async () => {
    for (const page of pages) await page.context().close();
    pages = [];
    const found = problems;
    problems = [];
    expect(found).toEqual([]);
  });
  afterAll(() => browser.close());
}

/** The address of the page as that of a site, not of this machine. */
export function namedUrl(): string {
  const { port } = new URL(inject('url'));
  return `http://${NAME}:${port}/`;
}

/** Lets a host send the page without the headers that isolate it. */
export async function sendUnisolated(page: Page): Promise<void> {
  await page.route(inject('url'), async (route) => {
    const response = await route.fetch();
    const headers = Object.entries(response.headers()).filter(
      ([name]) => !name.startsWith('cross-origin-'),
    );
    await route.fulfill({ response, headers: Object.fromEntries(headers) });
  });
}

/** Opens the page as a new visitor, and waits for its first picture. */
export async function openPage(
  options: BrowserContextOptions = {},
  url: string = inject('url'),
  prepare: (page: Page) => Promise<void> = async () => {},
): Promise<Page> {
  const page = await visit(options, url, prepare);
  await settle(page);
  return page;
}

/**
 * Opens the page as a new visitor.
 *
 * @param prepare is called before the page is loaded
 */
export async function visit(
  options: BrowserContextOptions = {},
  url: string = inject('url'),
  prepare: (page: Page) => Promise<void> = async () => {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  // Makes Math.random give the same values in every run.
  await context.addInitScript(() => {
    // Lehmer's generator, with the multiplier of Park, Miller and Stockmeyer.
    let state = 1;
    Math.random = () => {
      state = (state * 48271) % 0x7fffffff;
      return state / 0x7fffffff;
    };
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  pages.push(page);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    const isOwn = origin === new URL(url).origin;
    if (!isOwn && protocol !== 'blob:') problems.push(`request of ${request.url()}`);
  });
  await prepare(page);
  await page.goto(url);
  return page;
}

/** Returns the problems of the page, and forgets them. */
export function takeProblems(): string[] {
  const taken = problems;
  problems = [];
  return taken;
}

/** Waits until the full picture and its statistics are shown. */
export async function settle(page: Page): Promise<void> {
  const measured = '#statistics-result:not(.stale) td:not(:empty)';
  const isTold = '#time:text-matches("^Restyled")';
  await page
    .locator(`main:has(#stage:not(.busy, .changing)):has(${isTold}) ${measured}`)
    .first()
    .waitFor();
}
