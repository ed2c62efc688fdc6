import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildPage } from '../../examples/web/build.ts';
import { servePage } from '../../examples/web/serve.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the page. */
    url: string;
  }
}

/** Builds and serves the page for all tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'page-'));
  await buildPage(folder);
  const { url, server } = await servePage(folder, 0);
  project.provide('url', url);
  return async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  };
}
