import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const SERVICE = new URL('../wrangler.json', import.meta.url);

/**
 * Bundles a service as wrangler would deploy it, without deploying.
 *
 * @param folder where to write worker.js and the modules that it imports
 * @param config the service's wrangler.json
 * @throws Error with what wrangler says where it refuses.
 */
export function bundle(folder: string, config: URL = SERVICE): void {
  const wrangler = createRequire(import.meta.url).resolve('wrangler/bin/wrangler.js');
  const args = [wrangler, 'deploy', '--dry-run', '--outdir', folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: fileURLToPath(new URL('.', config)),
    encoding: 'utf8',
    // The banner asks the network for a newer version, metrics would be sent there.
    env: { ...process.env, WRANGLER_HIDE_BANNER: 'true', WRANGLER_SEND_METRICS: 'false' },
  });
  if (status !== 0) throw new Error(`wrangler deploy --dry-run failed\n${stdout}${stderr}`);
}
