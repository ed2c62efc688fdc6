// Bundles the fleet before the tests, as it would be deployed.

import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { CONFIG } from '../../../examples/edge-stats/tools/simulate.ts';
import { bundle } from '../../../examples/edge-worker/tools/bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the fleet's bundle. */
    readonly fleet: string;
  }
}

export default function start(project: TestProject): void {
  const folder = fileURLToPath(new URL('../../../build/edge-stats-test', import.meta.url));
  bundle(folder, CONFIG);
  project.provide('fleet', folder);
}
