import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Folder, tool } from './commands.ts';
import { digestOf, type Packed } from './packages.ts';

/** What is installed, and where the tools of the release and the photographs lie. */
export interface Consumed {
  readonly library: Packed;
  readonly commandLine: Packed;
  readonly clone: Folder;
  /** An empty folder, in which each package manager gets one. */
  readonly folder: string;
}

interface Consumer {
  readonly folder: Folder;
  /** How its package manager is called. */
  readonly manager: readonly [program: string, ...args: readonly string[]];
  /** Its arguments that install what package.json names. */
  readonly install: readonly string[];
  /** Its arguments before those that run a file in Node, and before a command of a package. */
  readonly node: readonly string[];
  readonly exec: readonly string[];
  /** The files that it needs, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** More of package.json. */
  readonly manifest: object;
}

/**
 * Installs both packages with npm, pnpm and Yarn, and runs README's first example and the command
 * line there. Returns what each prints, and npm's folder. Throws where one fails or differs.
 */
export function checkConsumers(consumed: Consumed): { lines: readonly string[]; npm: Folder } {
  const example = firstExample(join(consumed.clone.path, 'README.md'));
  // The tests of the documents hold what it prints here to what its comments say.
  const expected = consumed.clone.run('node', '--input-type=module', '--eval', example);
  const consumers = { npm: npm(consumed), pnpm: pnpm(consumed), Yarn: yarn(consumed) };
  const pictures = new Set<string>();
  const lines = Object.entries(consumers).map(([name, consumer]) => {
    install(consumer, consumed, example);
    const printed = runIn(consumer, ...consumer.node, 'example.mjs');
    if (printed !== expected) throw new Error(`${name}: the example printed ${printed}`);
    const photos = join(consumed.clone.path, 'examples/restyle/photos');
    const [content, style] = ['chelsea.jpg', 'rocket.jpg'].map((photo) => join(photos, photo));
    const restyle = ['wasm-norm', 'restyle', content as string, '--style', style as string];
    const said = runIn(consumer, ...consumer.exec, ...restyle, '--out', 'result.webp');
    if (!said.includes('result.webp: 451 x 300')) throw new Error(`${name}: restyle said ${said}`);
    pictures.add(digestOf(join(consumer.folder.path, 'result.webp')));
    const version = runIn(consumer, '--version').trim();
    return `${name} ${version}: example and restyle, ${said.trim()}`;
  });
  if (pictures.size > 1) throw new Error(`restyle made different pictures: ${[...pictures]}`);
  return { lines, npm: consumers.npm.folder };
}

/** Returns the code of a page's first block of JavaScript. */
function firstExample(page: string): string {
  const [, code] = /^```js\n(.*?)^```$/ms.exec(readFileSync(page, 'utf8')) ?? [];
  if (code === undefined) throw new Error(`${page}: expected a block of JavaScript`);
  return code;
}

function install(consumer: Consumer, { library, commandLine }: Consumed, example: string): void {
  const manifest = {
    name: 'consumer',
    version: '0.0.0',
    private: true,
    type: 'module',
    dependencies: {
      [library.name]: `file:${library.path}`,
      [commandLine.name]: `file:${commandLine.path}`,
    },
    ...consumer.manifest,
  };
  const files = {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'example.mjs': example,
    ...consumer.files,
  };
  mkdirSync(consumer.folder.path);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(consumer.folder.path, name), text);
  }
  runIn(consumer, ...consumer.install);
}

function runIn({ folder, manager }: Consumer, ...args: readonly string[]): string {
  const [program, ...first] = manager;
  return folder.run(program, ...first, ...args);
}

function npm({ folder }: Consumed): Consumer {
  return {
    folder: new Folder(join(folder, 'npm')),
    manager: ['npm'],
    install: ['install', '--no-audit', '--no-fund'],
    node: ['exec', '--no', '--', 'node'],
    exec: ['exec', '--no', '--'],
    files: {},
    manifest: {},
  };
}

function pnpm({ clone, folder, library }: Consumed): Consumer {
  return {
    folder: new Folder(join(folder, 'pnpm'), freshHome(folder)),
    manager: [tool(clone, '.bin/pnpm')],
    install: ['install', '--no-frozen-lockfile'],
    node: ['exec', 'node'],
    exec: ['exec'],
    // The command line names a version of the library that no registry has yet.
    files: {
      'pnpm-workspace.yaml': `overrides:\n  ${library.name}: ${JSON.stringify(`file:${library.path}`)}\n`,
    },
    manifest: {},
  };
}

function yarn({ clone, folder, library }: Consumed): Consumer {
  const registry = clone.run('npm', 'config', 'get', 'registry').trim();
  const variables = {
    ...freshHome(folder),
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    YARN_ENABLE_TELEMETRY: 'false',
    YARN_GLOBAL_FOLDER: join(folder, 'yarn-global'),
    YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ''),
  };
  return {
    folder: new Folder(join(folder, 'yarn'), variables),
    manager: [tool(clone, '.bin/yarn')],
    install: ['install'],
    node: ['node'],
    exec: ['run'],
    files: { 'yarn.lock': '' },
    manifest: { resolutions: { [library.name]: `file:${library.path}` } },
  };
}

/** Lets a package manager keep its stores in the folder of this release. */
function freshHome(folder: string): Record<string, string> {
  const names = ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME'];
  return Object.fromEntries(names.map((name) => [name, join(folder, 'home', name)]));
}
