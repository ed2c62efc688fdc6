// The fleet: requests start a run and ask for it, messages do its work, a ledger keeps it.

import { consume } from './consume.ts';
import { respond } from './routes.ts';

export { Ledger } from './ledger.ts';

export default { fetch: respond, queue: consume };
