// What must hold of the built site: each link leads to a page and a heading that are there, and
// nothing is fetched from elsewhere.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns what is wrong with a site that is served under the path `base`, a line each. */
export function faultsOf(folder: string, base: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const pages = new Map(
    files
      .filter((name) => name.endsWith('.html'))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
  const anchors = new Map(
    Array.from(pages, ([name, html]) => [name, new Set(attributes(html, 'id'))]),
  );
  const broken = Array.from(pages).flatMap(([name, html]) => {
    const links = new Set(attributes(html, 'href').filter((href) => /^[/#]/.test(href)));
    return Array.from(links)
      .filter((href) => !leadsSomewhere({ folder, base, anchors }, name, href))
      .map((href) => `${name}: ${href} leads nowhere`);
  });
  const fetched = files
    .filter((name) => /\.(html|css)$/.test(name))
    .flatMap((name) =>
      remotesIn(readFileSync(join(folder, name), 'utf8')).map((url) => `${name}: fetches ${url}`),
    );
  return [...broken, ...fetched];
}

function attributes(html: string, name: string): string[] {
  const found = html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'));
  return Array.from(found, ([, value = '']) => value.replaceAll('&amp;', '&'));
}

interface Site {
  readonly folder: string;
  readonly base: string;
  /** The ids of each page. */
  readonly anchors: ReadonlyMap<string, ReadonlySet<string>>;
}

function leadsSomewhere({ folder, base, anchors }: Site, page: string, href: string): boolean {
  const [path = '', anchor] = decodeURIComponent(href).split('#');
  if (path !== '' && !path.startsWith(base)) return false;
  const target = path === '' ? page : path.slice(base.length).replace(/(^|\/)$/, '$1index.html');
  if (!existsSync(join(folder, target))) return false;
  return anchor === undefined || anchor === '' || (anchors.get(target)?.has(anchor) ?? false);
}

/** Returns what a page or a style sheet fetches from other origins: not what it only links to. */
function remotesIn(text: string): string[] {
  const fetching = [
    /<(?:img|script|iframe|source|video|audio)\b[^>]*\ssrc="((?:https?:)?\/\/[^"]+)"/g,
    /<link\b[^>]*\shref="((?:https?:)?\/\/[^"]+)"/g,
    /url\(["']?((?:https?:)?\/\/[^)"']+)/g,
    /@import\s+["']((?:https?:)?\/\/[^"']+)/g,
  ];
  return fetching.flatMap((each) => Array.from(text.matchAll(each), ([, url = '']) => url));
}
