import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, serve } from 'vitepress';
import { faultsOf } from './check.ts';
import { checkPages, ROOT } from './pages.ts';
import { writeReference } from './reference.ts';

const USAGE = `Builds the documentation as a site, in site/dist.

  npm run docs:site -- [--base /PATH/] [--serve] [--port NUMBER]   (/, 4173)

--base says under which path of its host the site will be served.`;

const SITE = join(ROOT, 'site');

const { values } = parseArgs({
  options: {
    base: { type: 'string', default: '/' },
    serve: { type: 'boolean', default: false },
    port: { type: 'string', default: '4173' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) console.log(USAGE);
else await run();

async function run(): Promise<void> {
  checkPages();
  writeReference();
  await build(SITE, { base: values.base });
  const faults = faultsOf(join(SITE, 'dist'), values.base);
  if (faults.length > 0) {
    console.error(faults.join('\n'));
    process.exitCode = 1;
  } else if (values.serve)
    await serve({ root: SITE, base: values.base, port: Number(values.port) });
  else console.log('site/dist is ready to be served; --serve does so');
}
