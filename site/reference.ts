// Makes the pages of the reference from the docstrings: TypeDoc writes a page for each public
// name, this adds the options to the page of their function and lists the names by groups.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkGroups, GROUPS } from './groups.ts';
import { REFERENCE, ROOT } from './pages.ts';

const FOLDERS = ['functions', 'classes', 'interfaces', 'type-aliases'] as const;
type Folder = (typeof FOLDERS)[number];

const folderOf = (path: string): string => join(ROOT, REFERENCE, path);
const namesIn = (folder: Folder): string[] =>
  readdirSync(folderOf(folder)).map((name) => basename(name, '.md'));

/** Writes all pages of the reference anew. */
export function writeReference(): void {
  rmSync(folderOf('.'), { recursive: true, force: true });
  const typedoc = join(ROOT, 'node_modules/typedoc/bin/typedoc');
  const { status } = spawnSync(process.execPath, [typedoc, '--options', 'site/typedoc.json'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('typedoc could not read the docstrings');
  checkGroups([...namesIn('functions'), ...namesIn('classes')]);
  for (const folder of FOLDERS) {
    for (const name of namesIn(folder)) editPage(folderOf(`${folder}/${name}.md`));
  }
  writeFileSync(folderOf('index.md'), spellIndex(summariesIn(folderOf('README.md'))));
  rmSync(folderOf('README.md'));
}

/** Returns the page of a public name, from the folder of the reference and without its ending. */
export function pageOf(name: string): string {
  const folder = FOLDERS.find((each) => existsSync(folderOf(`${each}/${name}.md`)));
  if (folder === undefined) throw new Error(`the reference has no page of ${name}`);
  return `${folder}/${name}`;
}

/** Returns the names of all types that the reference describes. */
export function typeNames(): string[] {
  return [...namesIn('interfaces'), ...namesIn('type-aliases')].sort((a, b) =>
    a.localeCompare(b, 'en'),
  );
}

const OPTIONS = /^\| `options\??` \| \[`\w+`\]\(\.\.\/interfaces\/(\w+)\.md\)/m;
const PROPERTIES = /^## Properties\n\n((?:\|.*\n)+)/m;

/**
 * Leaves out where members were inherited from, puts type parameters last, and shows a
 * function's options on its page.
 */
function editPage(path: string): void {
  const page = readFileSync(path, 'utf8')
    .replaceAll(/^#+ (?:Inherited from|Overrides)\n\n.*\n\n?/gm, '')
    .replace(/^(## Type Parameters\n\n(?:\|.*\n)+)\n([\s\S]*)/m, '$2\n$1');
  const options = path.includes('/functions/') ? page.match(OPTIONS)?.[1] : undefined;
  writeFileSync(path, options === undefined ? page : withOptions(page, options));
}

function withOptions(page: string, options: string): string {
  const properties = readFileSync(folderOf(`interfaces/${options}.md`), 'utf8').match(PROPERTIES);
  if (properties === null) return page;
  const table = (properties[1] as string).replaceAll(/\]\((\w+\.md)/g, '](../interfaces/$1');
  if (!/^## Returns$/m.test(page)) return page;
  return page
    .replace(/^(\| `options\??` \|.*\|) - \|$/m, '$1 [Below](#options) |')
    .replace(/^## Returns$/m, () => `## Options\n\n${table}\n## Returns`);
}

/** Reads the first sentence of what TypeDoc's list says of each name. */
function summariesIn(path: string): ReadonlyMap<string, string> {
  const rows = readFileSync(path, 'utf8').matchAll(/^\| \[(\w+)\]\(\S+\) \| (.+) \|$/gm);
  return new Map(
    Array.from(rows, ([, name = '', text = '']) => [name, text.replace(/\. [A-Z].*$/, '.')]),
  );
}

function spellIndex(summaries: ReadonlyMap<string, string>): string {
  const linkTo = (name: string) => `[\`${name}\`](${pageOf(name)}.md)`;
  const groups = Object.entries(GROUPS).map(([group, names]) => {
    const rows = Object.entries(names).map(([name, theirs]) => {
      const cells = [linkTo(name), summaries.get(name) ?? '', theirs && `\`${theirs}\``];
      return `| ${cells.join(' | ')} |`;
    });
    return `## ${group}\n\n| name | what it does | PyTorch |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  const types = typeNames().map((name) => `| ${linkTo(name)} | ${summaries.get(name) ?? ''} |`);
  return `# Reference

Every public name, with its shapes, units and errors. The page of a function lists its options, and has
an example that runs as it stands. \`F\` is \`torch.nn.functional\`, and \`nn\` is \`torch.nn\`.

${groups.join('\n')}
## Types

| name | what it is |
|---|---|
${types.join('\n')}
`;
}
