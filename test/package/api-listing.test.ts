// A change of a public name or of its type stands in the diff of the listing, for whoever reviews.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LISTING, listApi } from '../../scripts/list-api.ts';

test('the committed listing of public names and types is that of the sources', () => {
  expect(listApi(), 'npm run api writes the listing').toBe(readFileSync(LISTING, 'utf8'));
});
