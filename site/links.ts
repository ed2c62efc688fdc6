// Links of the repository's own Markdown, made to work in the site.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { addressOf, ROOT } from './pages.ts';

/** Where the repository is published, or null as long as package.json names no place. */
export const REPOSITORY: string | null = readRepository();

function readRepository(): string | null {
  const { repository } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const url: string | undefined = repository?.url ?? repository;
  return url?.replace(/^git\+/, '').replace(/\.git$/, '') ?? null;
}

/** Drops the markers around figures. One at the start of a line would end the paragraph. */
export function dropMarkers(md: MarkdownRenderer): void {
  md.core.ruler.before('normalize', 'markers', (state) => {
    state.src = state.src.replaceAll(/<!-- (?:fact: [\w-]+|\/fact) -->/g, '');
  });
}

/**
 * Turns the links between files of the repository into links between pages. A link to a file
 * that is no page leads to the repository; while that has no address it is text.
 */
export function linkPages(md: MarkdownRenderer): void {
  md.core.ruler.push('pages', ({ tokens, env }) => {
    const source = relative(ROOT, env.realPath ?? env.path);
    const inline = tokens.flatMap(({ children }) => children ?? []);
    let isText = false;
    for (const token of inline) {
      if (token.type === 'link_close' && isText) token.tag = 'span';
      if (token.type !== 'link_open') continue;
      const href = String(token.attrGet('href'));
      isText = false;
      if (/^([a-z]+:|#)/.test(href)) continue;
      const target = resolveLink(source, href);
      if (target === null) {
        isText = true;
        token.tag = 'span';
        token.attrs = [['title', join(dirname(source), href)]];
      } else token.attrSet('href', target);
    }
  });
}

/** Returns where a relative link of a file leads in the site, or null where it leads nowhere. */
function resolveLink(source: string, href: string): string | null {
  const [path = '', anchor] = href.split('#');
  const target = join(dirname(source), decodeURI(path)).replace(/\/$/, '');
  if (!existsSync(join(ROOT, target))) throw new Error(`${source}: there is no ${href}`);
  const address = addressOf(target);
  const suffix = anchor === undefined ? '' : `#${anchor}`;
  if (address !== null) return `/${address}${suffix}`;
  return REPOSITORY && `${REPOSITORY}/blob/HEAD/${target}${suffix}`;
}

/** Makes the anchor of a heading as GitHub does, so that links to it work there and here. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}
