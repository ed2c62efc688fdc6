import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { GROUPS } from '../groups.ts';
import { anchorOf, dropMarkers, linkPages, REPOSITORY } from '../links.ts';
import { addressOf, markdownFiles, ROOT, TASKS, titleOf } from '../pages.ts';
import { pageOf, typeNames } from '../reference.ts';

const { version, description } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

// As text in each page: the site has no folder of files that are served as they are.
const icon = `data:image/svg+xml,${encodeURIComponent(
  readFileSync(join(ROOT, 'examples/web/page/icon.svg'), 'utf8'),
)}`;

const linkTo = (file: string): string => `/${addressOf(file)}`.replace(/index\.md$/, '');

function taskSidebar(): DefaultTheme.SidebarItem[] {
  const tasks = TASKS.map(({ name, files }) => ({
    text: name,
    items: files.map((file) => ({ text: titleOf(file), link: linkTo(file) })),
  }));
  return [...tasks, { text: 'Reference', items: [{ text: 'All names', link: '/reference/' }] }];
}

function referenceSidebar(): DefaultTheme.SidebarItem[] {
  const itemOf = (name: string) => ({ text: name, link: `/reference/${pageOf(name)}` });
  return [
    { text: 'All names', link: '/reference/' },
    ...Object.entries(GROUPS).map(([text, names]) => ({
      text,
      items: Object.keys(names).map(itemOf),
    })),
    { text: 'Types', collapsed: true, items: typeNames().map(itemOf) },
  ];
}

export default defineConfig({
  title: 'wasm-norm',
  description,
  lang: 'en',
  head: [['link', { rel: 'icon', href: icon }]],
  srcDir: '..',
  srcExclude: markdownFiles().filter((file) => addressOf(file) === null),
  outDir: 'dist',
  cacheDir: '.vitepress/cache',
  rewrites: (file) => addressOf(file) ?? file,
  markdown: {
    anchor: { slugify: anchorOf },
    config: (md) => {
      linkPages(md);
      dropMarkers(md);
    },
  },
  themeConfig: {
    logo: icon,
    search: { provider: 'local' },
    nav: [
      { text: 'Guide', link: '/' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference/' },
      { text: version, link: '/changelog' },
    ],
    sidebar: { '/reference/': referenceSidebar(), '/': taskSidebar() },
    outline: [2, 3],
    docFooter: { prev: false, next: false },
    ...(REPOSITORY !== null && { socialLinks: [{ icon: 'github', link: REPOSITORY }] }),
  },
});
