// Runs the packed library in hosts that are large, old, or not from a registry of packages, as
// npm run test:runtimes does in the others. Wants Debian's firefox-esr, webkit2gtk-driver and xvfb.
//
//     npm run test:hosts               all of them
//     npm run test:hosts -- Firefox    the rows whose names have one of these words; `page` is the
//                                      page of examples/web in Firefox and WebKit

import { rmSync } from 'node:fs';
import { createApp } from '../runtimes/app.ts';
import type { Row } from '../runtimes/row.ts';
import { printTable } from '../runtimes/table.ts';
import { browsers } from './browsers.ts';
import { nitro } from './nitro.ts';
import { oldNodes } from './nodes.ts';
import { openNext } from './open-next.ts';
import { checkPage } from './page.ts';

const words = process.argv.slice(2);
const isAsked = ({ runtime }: Row): boolean =>
  words.length === 0 || words.some((word) => runtime.includes(word));

const created = await createApp();
const { folder } = created;
if (words.length === 0 || words.includes('page')) await checkPage(folder);
const rows = [
  ...oldNodes(folder),
  ...(await browsers(folder)),
  ...nitro(folder),
  openNext(created),
];
const passed = await printTable(rows.filter(isAsked));
rmSync(folder, { recursive: true });
if (!passed) process.exitCode = 1;
