import { readFileSync } from 'node:fs';

/** Where the page's links lead. */
export interface Links {
  readonly source: string;
  readonly documentation: string;
  readonly package: string;
  readonly licence: string;
  readonly credits: string;
}

/** Where the repository is published: package.json's `repository`; '' while that names no place. */
export const REPOSITORY: string = readRepository();

/** Files that the page ships, from its own folder; links lead to them while there is no place. */
export const SHIPPED: Readonly<Record<keyof Links, readonly [from: string, to: string]>> = {
  source: ['../../package.json', 'about/package.json'],
  documentation: ['../../README.md', 'about/readme.txt'],
  package: ['../../package.json', 'about/package.json'],
  licence: ['../../LICENSE', 'about/licence.txt'],
  credits: ['../restyle/photos/CREDITS.md', 'about/photographs.txt'],
};

/** Returns the links of a repository, or those to what ships with the page. */
export function linksOf(repository: string): Links {
  if (!repository) {
    const files = Object.entries(SHIPPED).map(([link, [, to]]) => [link, to]);
    return Object.fromEntries(files) as unknown as Links;
  }
  const inTree = (path: string) => `${repository}/blob/main/${path}`;
  return {
    source: repository,
    documentation: `${repository}#readme`,
    package: `${repository}/releases`,
    licence: inTree('LICENSE'),
    credits: inTree('examples/restyle/photos/CREDITS.md'),
  };
}

/** Says how the package is installed: by its name where it is published, else from a clone beside. */
export function spellInstalling(repository: string): string {
  return repository ? 'npm install wasm-norm' : 'npm install git+file://$PWD/../wasm-norm';
}

/** Writes the links into a page, where it has their names: %SOURCE%. */
export function fillLinks(page: string, links: Links): string {
  return Object.entries(links).reduce(
    (filled, [link, address]) => filled.replaceAll(`%${link.toUpperCase()}%`, address),
    page,
  );
}

function readRepository(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { repository } = JSON.parse(manifest);
  const url: string = repository?.url ?? repository ?? '';
  return url.replace(/^git\+/, '').replace(/\.git$/, '');
}
