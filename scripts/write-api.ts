// Writes the listing of the public names, which a test compares with the sources.

import { writeFileSync } from 'node:fs';
import { LISTING, listApi } from './list-api.ts';

writeFileSync(LISTING, listApi());
