import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installed, output, versionOf } from './command.ts';
import { node } from './command-lines.ts';
import type { Row } from './row.ts';

const OLD = '2024-01-01';
const RECENT = '2026-11-01';

/** The files of modules by the names that import them. */
type Modules = Readonly<Record<string, string>>;

const LIBRARY: Modules = {
  'wasm-norm': 'node_modules/wasm-norm/dist/workerd.js',
  ...Object.fromEntries(
    ['kernels', 'gradients', 'vectors', 'pixels'].flatMap((name) => [
      [`workerd-${name}.js`, `node_modules/wasm-norm/dist/workerd-${name}.js`],
      [`${name}.wasm?module`, `node_modules/wasm-norm/dist/${name}.wasm`],
    ]),
  ),
};

/** Cloudflare's runtime: the modules as they are, and a bundle by wrangler. */
export function workerd(folder: string): Row[] {
  const version = versionOf('workerd');
  const modules = (worker: string, suite: string): Modules => ({
    [worker]: worker,
    'run.mjs': 'run.mjs',
    [suite]: suite,
    ...LIBRARY,
  });
  return [
    {
      runtime: `workerd, ${OLD}`,
      version,
      run: () => runTest(folder, modules('worker-tests.mjs', 'tests.js'), OLD),
    },
    {
      runtime: `workerd, ${RECENT}`,
      version,
      run: () => runTest(folder, modules('worker-tests.mjs', 'tests.js'), RECENT),
    },
    {
      runtime: 'wrangler, in workerd',
      version: versionOf('wrangler'),
      run: async () => {
        await output(
          node(24),
          [
            ...[installed('wrangler/bin/wrangler.js'), 'deploy', 'worker-bits.mjs', '--dry-run'],
            ...['--name', 'app', '--compatibility-date', RECENT, '--outdir', 'wrangler'],
          ],
          folder,
        );
        const files = readdirSync(join(folder, 'wrangler')).filter((name) =>
          /\.(js|wasm)$/.test(name),
        );
        // The worker itself has to be the first module.
        files.sort((a, b) => a.length - b.length);
        const bundle = files.map((name) => [name, `wrangler/${name}`]);
        return runTest(folder, Object.fromEntries(bundle), RECENT);
      },
    },
  ];
}

/** Runs the test handler of a worker, which is the first of the modules. */
async function runTest(folder: string, modules: Modules, date: string): Promise<string> {
  const list = Object.entries(modules).map(([name, file]) => {
    const kind = file.endsWith('.wasm') ? 'wasm' : 'esModule';
    return `(name = "${name}", ${kind} = embed "${file}")`;
  });
  const config = `${Object.keys(modules)[0]}-${date}.capnp`;
  writeFileSync(
    join(folder, config),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = (
  compatibilityDate = "${date}",
  modules = [${list.join(',\n    ')}],
))]);
`,
  );
  return output(installed('@cloudflare/workerd-linux-64/bin/workerd'), ['test', config], folder);
}
