// Starts the service before the tests, bundled as it would be deployed.

import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { bundle } from '../../examples/edge-worker/tools/bundle.ts';
import { serve } from '../../examples/edge-worker/tools/serve.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the service. */
    readonly url: string;
    /** The folder of its bundle. */
    readonly folder: string;
  }
}

export default async function start(project: TestProject): Promise<() => Promise<void>> {
  const folder = fileURLToPath(new URL('../../build/edge-test', import.meta.url));
  bundle(folder);
  const { url, stop } = await serve(folder, 0);
  project.provide('url', url);
  project.provide('folder', folder);
  return stop;
}
