import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, createReadStream, createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import type { Row } from '../runtimes/row.ts';
import { serveFolder } from '../runtimes/serve-folder.ts';
import { installed, versionOf } from './installed.ts';

// These compile WebAssembly on a page's main thread only asynchronously.
const OLD_CHROMIUMS = ['103', '109', '114'];

const SECONDS = 120;

/** A program that opens an address, and its arguments before that. */
interface Browser {
  readonly program: string;
  readonly argv: readonly string[];
}

interface NamedBrowser extends Browser {
  readonly name: string;
  readonly version: string;
}

/** Browsers that no tool drives: each opens a page, which posts what it finds. */
export async function browsers(folder: string): Promise<Row[]> {
  return [
    ...OLD_CHROMIUMS.map((release) => ({
      runtime: `Chromium ${release}, ready`,
      version: versionOf(`chromium-${release}`),
      run: async () =>
        posted(folder, await unpack(folder, release), (refusal) => {
          if (!refusal?.includes('`await ready()` first')) {
            throw new Error(`expected a refusal that names ready, got ${refusal}`);
          }
        }),
    })),
    ...(await debianBrowsers(folder)).map(({ name, version, ...browser }) => ({
      runtime: name,
      version,
      run: () => posted(folder, browser, expectNone),
    })),
  ];
}

/** The browsers of Debian that are not Chromium. */
export async function debianBrowsers(folder: string): Promise<readonly NamedBrowser[]> {
  const profile = await mkdtemp(join(folder, 'firefox-'));
  return [
    {
      name: 'Firefox',
      version: debianVersion('firefox-esr'),
      program: 'firefox-esr',
      argv: ['--headless', '--no-remote', '--profile', profile],
    },
    {
      name: 'WebKitGTK',
      version: debianVersion('webkit2gtk-driver'),
      program: 'xvfb-run',
      argv: ['-a', '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'],
    },
  ];
}

function expectNone(refusal: string | null): void {
  if (refusal !== null) throw new Error(`expected no refusal before ready, got ${refusal}`);
}

function debianVersion(name: string): string {
  try {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills it in
    const argv = ['-W', '-f', '${source:Upstream-Version}', name];
    return execFileSync('dpkg-query', argv, { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return 'not installed';
  }
}

/** Unpacks a Chromium that was built for servers without a display. */
async function unpack(folder: string, release: string): Promise<Browser> {
  const program = join(folder, `chromium-${release}`, 'chromium');
  if (!existsSync(program)) {
    mkdirSync(join(program, '..'));
    const packed = createReadStream(installed(`chromium-${release}/bin/chromium.br`));
    await pipeline(packed, createBrotliDecompress(), createWriteStream(program));
    chmodSync(program, 0o755);
  }
  const data = await mkdtemp(join(folder, 'chromium-data-'));
  const argv = [
    ...['--headless', '--no-sandbox', '--no-zygote', '--disable-gpu'],
    ...['--disable-software-rasterizer', '--remote-debugging-port=0', `--user-data-dir=${data}`],
  ];
  return { program, argv };
}

/** Opens the page that tests the library, and resolves to the line of JSON that it posts. */
async function posted(
  folder: string,
  browser: Browser,
  check: (refusal: string | null) => void,
): Promise<string> {
  const line = await open(folder, 'posted.html', browser);
  if (!line.startsWith('{')) throw new Error(line);
  check(JSON.parse(line).refusal);
  return line;
}

/** Opens a page of a folder, waits for what it posts, and ends the browser. */
export async function open(
  folder: string,
  page: string,
  { program, argv }: Browser,
): Promise<string> {
  let take: (body: string) => void = () => {};
  const body = new Promise<string>((resolve) => {
    take = resolve;
  });
  const { origin, close } = await serveFolder(folder, take);
  // A group of its own, so that all its processes end.
  const browser = spawn(program, [...argv, `${origin}/${page}`], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, HOME: folder },
  });
  const failure = new Promise<never>((_, reject) => {
    browser.on('error', reject);
    setTimeout(reject, SECONDS * 1000, new Error(`${program} posted nothing`)).unref();
  });
  try {
    return await Promise.race([body, failure]);
  } finally {
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
    close();
  }
}
