// Runs the library's tests in every runtime that the README names, from the packed
// tarball, and prints a row for each. Fails if a row fails, if the bits of two rows differ, if a
// TypeScript does not read the declarations, or if npm or JSR would not accept the package.
//
//     npm run test:runtimes                all of it
//     npm run test:runtimes -- Jest Node   the rows whose names have one of these words

import { rmSync } from 'node:fs';
import { createApp } from './app.ts';
import { bundles } from './bundles.ts';
import { browserPages, openPages } from './chromium.ts';
import { commandLines } from './command-lines.ts';
import { jest } from './jest.ts';
import { edgeLight } from './next.ts';
import { checkPainting } from './painting.ts';
import { checkCommandLine, checkPublishing } from './publishing.ts';
import type { Row } from './row.ts';
import { printTable } from './table.ts';
import { checkTypes } from './types.ts';
import { workerd } from './workerd.ts';

const words = process.argv.slice(2);
const isAsked = ({ runtime }: Row): boolean =>
  words.length === 0 || words.some((word) => runtime.includes(word));

const { folder, tarball } = await createApp();
if (words.length === 0) {
  await checkPublishing(tarball);
  await checkCommandLine(tarball);
  await checkPainting();
  await checkTypes(folder);
}
const pages = await openPages(folder);
const rows = [
  ...commandLines(folder),
  ...jest(folder),
  ...workerd(folder),
  edgeLight(folder),
  ...browserPages(pages),
  ...bundles(folder, pages),
];
const passed = await printTable(rows.filter(isAsked));
await pages.close();
rmSync(folder, { recursive: true });
if (!passed) process.exitCode = 1;
